"""Serves on loopback what a client must withstand; prints its port. Arguments: certificate and key."""

import http.server
import ssl
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            time.sleep(30)
        self.send_response(302 if self.path == "/redirect" else 418 if self.path == "/teapot" else 200)
        if self.path == "/redirect":
            self.send_header("Location", "/echo")
        if self.path == "/teapot":
            self.send_header("Retry-After", "7")
        self.end_headers()
        if self.path == "/endless":
            try:
                while True:
                    self.wfile.write(b"x" * 1000)
            except OSError:
                return
        said = self.headers.get("X-Word", "")
        self.wfile.write(f"{self.command} {said} ".encode() + body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
