# shellcheck shell=sh
# The job that sees to it that an image is on a node: its output is its log.

# drydock_image IMAGE PULL BUILD: PULL is missing, always or never; BUILD is a folder with a Dockerfile, or empty.
drydock_image() {
  command -v docker >/dev/null || { echo 'There is no docker on this node. Install Docker Engine there.' && return 127; }
  docker version >/dev/null || return 1
  i_is=missing
  ! docker image inspect "$1" >/dev/null 2>&1 || i_is=present
  if [ -n "$3" ] && { [ "$i_is" = missing ] || [ "$2" = always ]; }; then
    echo "Building $1 in $3."
    cd "$3" || { echo "The folder $3 does not exist on this node. Change docker.build in the plan." && return 1; }
    docker build -t "$1" . || { echo "The image $1 could not be built." && return 1; }
  elif [ "$2" = always ] || { [ "$2" = missing ] && [ "$i_is" = missing ]; }; then
    echo "Pulling $1."
    docker pull "$1" || {
      echo "The image $1 could not be pulled. Is its name right, and does this login have to log in (docker login)?"
      return 1
    }
  elif [ "$i_is" = missing ]; then
    echo "The image $1 is not on this node, and the plan says never to pull it. Set docker.pull to missing, or load it."
    return 1
  else
    echo "The image $1 is present."
  fi
  docker image inspect -f 'id {{.Id}}
size {{.Size}} bytes
built {{.Created}}' "$1"
}
