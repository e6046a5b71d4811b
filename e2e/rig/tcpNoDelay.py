# Prints TCP_NODELAY of the TCP sockets of process argv[1] that are connected to port argv[2]: the kernel's own word.
import ctypes
import os
import socket
import sys

pid, port = int(sys.argv[1]), int(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
PIDFD_OPEN, PIDFD_GETFD = 434, 438
process = libc.syscall(PIDFD_OPEN, pid, 0)
if process < 0:
    sys.exit("pidfd_open: " + os.strerror(ctypes.get_errno()))
for name in os.listdir(f"/proc/{pid}/fd"):
    try:
        is_socket = os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:")
    except FileNotFoundError:
        continue
    if not is_socket:
        continue
    fd = libc.syscall(PIDFD_GETFD, process, int(name), 0)
    if fd < 0:
        sys.exit("pidfd_getfd: " + os.strerror(ctypes.get_errno()))
    with socket.socket(fileno=fd) as connection:
        if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.type != socket.SOCK_STREAM:
            continue
        try:
            peer = connection.getpeername()
        except OSError:
            continue
        if peer[1] == port:
            print(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
