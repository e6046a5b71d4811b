# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of the library read each other's variables
# Containers as workers: what can be asked before one is made, and looking at them without touching them. Their
# wrapper is dockerRun.sh.

# No answer is waited for longer than this: one that hangs must not hold up everything else on this link.
drydock_docker() {
  if command -v timeout >/dev/null; then timeout 20 docker "$@"; else docker "$@"; fi
}

# drydock_docker_client: how to reach the Docker Engine of this login, as `NAME=value` lines; `docker` is the program.
# Fails with the reason when that cannot be done.
drydock_docker_client() {
  command -v docker >/dev/null || { echo 'docker: command not found'; return 1; }
  k_said=$(drydock_docker version -f '{{.Server.Version}}' 2>&1) || {
    echo "${k_said:-The Docker Engine did not answer within 20 s.}"
    return 1
  }
  # Podman has no contexts, and is always here.
  k_host=$(drydock_docker context inspect -f '{{.Endpoints.docker.Host}}' 2>/dev/null)
  case $k_host in
    '' | unix://*) ;;
    *) echo "remote engine $k_host" && return 1 ;;
  esac
  echo "docker=$(command -v docker)"
  for k_name in HOME DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG XDG_RUNTIME_DIR; do
    eval "k_value=\${$k_name-}"
    [ -z "$k_value" ] || printf '%s=%s\n' "$k_name" "$k_value"
  done
}

# drydock_docker_image IMAGE: `present`, or `missing`.
drydock_docker_image() {
  if k_said=$(drydock_docker image inspect -f '{{.Id}}' "$1" 2>&1); then
    echo present
  else
    case $k_said in *[Nn]'o such '*) echo missing ;; *) echo "$k_said" && return 1 ;; esac
  fi
}

# drydock_docker_started STATE_DIR RUN WORKER: `running <id> <name> <image>`, `failed <code> <why>`, `ended`, or `pending`.
drydock_docker_started() {
  k_dir=$1/runs/$2/$3
  if [ -s "$k_dir/trouble" ]; then
    read -r k_code _ 2>/dev/null <"$k_dir/exit"
    echo "failed ${k_code:-125} $(cat "$k_dir/trouble")"
  elif [ -e "$k_dir/started" ]; then
    echo "running $(cat "$k_dir/container")"
  elif [ -s "$k_dir/exit" ]; then
    echo ended
  else
    echo pending
  fi
}

# Sets k_who (pid, group, start ticks and boot id, as the first wrapper wrote them), k_exit, k_container and k_main of a
# worker's folder; a file that is empty counts as not there.
drydock_docker_read() {
  k_who='' k_exit='' k_container='' k_main=''
  [ ! -s "$1/pid" ] || read -r k_who <"$1/pid"
  [ ! -s "$1/container" ] || read -r k_container <"$1/container"
  [ ! -s "$1/main" ] || read -r k_main <"$1/main"
  [ ! -s "$1/exit" ] || read -r k_exit <"$1/exit"
}

# Sets k_keeper to `pid:ticks` of the newest wrapper of a worker: each one that took over is linked to the one before.
drydock_docker_keeper() {
  k_rest=${k_who#* * } k_keeper=${k_who%% *}:${k_rest%% *}
  while [ -L "$1/after-${k_keeper%%:*}-${k_keeper##*:}" ]; do
    k_keeper=$(readlink "$1/after-${k_keeper%%:*}-${k_keeper##*:}")
  done
}

# Whether the container's first process is alive, as far as /proc shows it.
drydock_docker_main_lives() {
  [ -n "$k_main" ] || return 1
  k_rest=${k_main#* }
  drydock_alive "${k_main%% *}" "${k_rest%% *}"
}

# drydock_docker_watch STATE_DIR RUN WORKER:PID:TICKS:BOOT…: one line a worker. `WORKER:-` when nobody knows its process.
#   `<worker> ended <code> <epoch s> <cause> <signal> <who> <container>`
#   `<worker> running|vanished|rebooted <who> <container>`
#   `<worker> launching` and `<worker> absent`, as for a process
#   `<worker> unsure`      the Docker Engine does not answer, and no process of the container can be seen
# <who> is the pid, group, start ticks and boot id of the first wrapper: a wrapper that takes over does not change who a
# worker is. <container> is its id, name and image, or three dashes. A wrapper that is gone while its container is not is
# replaced here.
drydock_docker_watch() {
  w_dir=$1/runs/$2
  read -r w_boot </proc/sys/kernel/random/boot_id
  shift 2
  for w_identity in "$@"; do
    w_worker=${w_identity%%:*} w_want=${w_identity#*:} w_folder=$w_dir/${w_identity%%:*}
    drydock_docker_read "$w_folder"
    if [ -z "$k_who" ] && [ "$w_want" != - ]; then
      w_rest=${w_want#*:}
      k_who="${w_want%%:*} ${w_want%%:*} ${w_rest%%:*} ${w_rest#*:}"
    fi
    if [ -n "$k_exit" ]; then
      echo "$w_worker ended $k_exit ${k_who:-0 0 0 -} ${k_container:-- - -}"
    elif [ -n "$k_who" ]; then
      w_state=$(drydock_docker_state "$w_folder")
      case $w_state in
        ended\ *) echo "$w_worker $w_state $k_who ${k_container:-- - -}" ;;
        launching | unsure) echo "$w_worker $w_state" ;;
        *) echo "$w_worker $w_state $k_who ${k_container:-- - -}" ;;
      esac
    elif [ -d "$w_folder" ]; then
      echo "$w_worker launching"
    else
      echo "$w_worker absent"
    fi
  done
}

# drydock_docker_state FOLDER: of a worker without an end.
drydock_docker_state() {
  if [ "${k_who##* }" != "$w_boot" ]; then
    echo rebooted
    return
  fi
  drydock_docker_keeper "$1"
  if drydock_alive "${k_keeper%%:*}" "${k_keeper##*:}"; then
    if [ -e "$1/blind" ] && ! drydock_docker_main_lives; then echo unsure; else echo running; fi
    return
  fi
  [ ! -s "$1/exit" ] || read -r k_exit <"$1/exit" # it wrote its end between the two looks
  if [ -n "$k_exit" ]; then
    echo "ended $k_exit"
    return
  fi
  if [ -z "$k_container" ]; then
    echo vanished
    return
  fi
  k_said=$(drydock_docker inspect --type container -f '{{.State.Status}}' "${k_container%% *}" 2>&1)
  case $k_said in
    running | paused | restarting) echo running ;;
    exited | dead | created | removing) echo launching ;; # its new wrapper is about to write its end
    *[Nn]'o such '*) echo vanished && return ;;
    *) if drydock_docker_main_lives; then echo running; else echo unsure; fi ;;
  esac
  (drydock_docker_adopt "$1") </dev/null >/dev/null 2>&1 3>&- &
}

# A new wrapper for a container whose wrapper was killed.
drydock_docker_adopt() {
  cd "$1" || return
  umask 077
  drydock_leader
  # shellcheck disable=SC2086 # the program and its switch are separate words
  exec env -i PATH="$PATH" $r_program ${r_code:+"$r_code"} sh ./launch.sh adopt "${k_keeper%%:*}" "${k_keeper##*:}"
}

# drydock_docker_family STATE_DIR RUN WORKER…: as drydock_family prints them, the processes of these containers. One that
# belongs to another user cannot be read; of the container's first process it is then known what the Docker Engine gave
# it.
drydock_docker_family() {
  y_state=$1 y_run=$2 y_words='' y_mains=''
  shift 2
  read -r y_boot </proc/sys/kernel/random/boot_id
  for y_worker in "$@"; do
    drydock_docker_read "$y_state/runs/$y_run/$y_worker"
    if [ -n "$k_main" ] && [ "${k_who##* }" = "$y_boot" ]; then
      # shellcheck disable=SC2086 # four words
      set -- $k_main
      y_words="$y_words $y_worker:$1:$2"
      y_mains="$y_mains
$1 $2 - - - u $1 $2 $y_worker $3 $4 u"
    else
      y_words="$y_words $y_worker:-"
    fi
  done
  # shellcheck disable=SC2086 # one word a worker
  y_rows=$(drydock_family "$y_state" "$y_run" $y_words) || { echo "$y_rows"; return 1; }
  while read -r y_row; do
    case $y_row in '') continue ;; *' - - - u')
      while read -r y_main; do
        case $y_main in "$y_row "*) y_row=${y_main#"$y_row "} ;; esac
      done <<END
$y_mains
END
      ;;
    esac
    echo "$y_row"
  done <<END
$y_rows
END
}

# drydock_containers STATE_DIR: containers that carry Drydock's label and have ended, a line each:
# `<id>|<name>|<image>|<run>|<worker>|<app>|<status> (<code>)|<bytes or nothing>|<end>`.
drydock_containers() {
  k_ids=$(drydock_docker ps -aq --no-trunc --filter label=drydock.run --filter status=exited --filter status=dead 2>&1) || {
    echo "$k_ids"
    return 1
  }
  [ -n "$k_ids" ] || return 0
  # One that was removed meanwhile is no error.
  # shellcheck disable=SC2086 # one word an id
  drydock_docker inspect --type container --size -f "$drydock_container_row" $k_ids 2>/dev/null || :
}
drydock_container_row='{{.Id}}|{{.Name}}|{{.Config.Image}}|{{index .Config.Labels "drydock.run"}}|{{index .Config.Labels "drydock.worker"}}|{{index .Config.Labels "drydock.app"}}|{{.State.Status}} ({{.State.ExitCode}})|{{if .SizeRw}}{{.SizeRw}}{{end}}|{{.State.FinishedAt}}'

# drydock_container_remove STATE_DIR ID…: removes those that still are what they were listed as, each by itself. A line
# each: `removed <id>`, or `kept <id> <why>`.
drydock_container_remove() {
  k_state_dir=$1
  shift
  for k_id in "$@"; do
    k_said=$(drydock_docker inspect --type container -f '{{.Id}} {{.State.Status}} {{index .Config.Labels "drydock.run"}}/{{index .Config.Labels "drydock.worker"}}' "$k_id" 2>&1) || {
      case $k_said in *[Nn]'o such '*) k_said='it is gone already' ;; esac
      echo "kept $k_id $k_said"
      continue
    }
    k_rest=${k_said#* } k_status=${k_rest%% *} k_worker=${k_rest#* }
    if [ "${k_said%% *}" != "$k_id" ]; then
      echo "kept $k_id it is not named by its whole id"
    elif [ "$k_worker" = / ]; then
      echo "kept $k_id it carries no label of Drydock"
    elif [ "$k_status" != exited ] && [ "$k_status" != dead ]; then
      echo "kept $k_id it is $k_status"
    elif [ -s "$k_state_dir/runs/$k_worker/container" ] && ! [ -s "$k_state_dir/runs/$k_worker/exit" ]; then
      echo "kept $k_id its log is still being read"
    elif k_said=$(drydock_docker rm "$k_id" 2>&1); then
      echo "removed $k_id"
    else
      echo "kept $k_id $k_said"
    fi
  done
}
