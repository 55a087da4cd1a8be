"""Self-signed certificates for a gateway under test, and a client that takes them."""
import os
import ssl
import subprocess


def make_certificate(gate, name, days=30):
  """A self-signed pair; written as a careful tool would: to a file beside, then renamed."""
  made = [gate.root / f'{name}.pem', gate.root / f'{name}.key']
  subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', str(days),
                  '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1', '-out', made[0], '-keyout', made[1]],
                 check=True, capture_output=True)
  os.chmod(made[1], 0o600)
  return made


def install(gate, pair, cert=True, key=True):
  for wanted, source, goal in ((cert, pair[0], 'tls.pem'), (key, pair[1], 'tls.key')):
    if wanted:
      new = gate.root / (goal + '.new')
      new.write_bytes(source.read_bytes())
      os.chmod(new, 0o600)
      os.rename(new, gate.root / goal)


def context(alpn=('http/1.1',)):
  c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) # the default context reads every authority of the system, which takes 100 ms
  c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
  c.set_alpn_protocols(list(alpn))
  return c
