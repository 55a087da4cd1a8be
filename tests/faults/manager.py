"""The socket on which a service manager hears of its service: sd_notify(3)."""
import socket


class Manager:
  def __init__(self, path):
    self.path = str(path)
    self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    self.socket.bind(self.path)

  def heard(self):
    """What was said since the last call, a line each."""
    lines = []
    try:
      while True:
        lines += self.socket.recv(4096).decode().split('\n')
    except BlockingIOError:
      return lines
