"""A LiveReload client, written against the protocol's description (version 7) and RFC 6455.

It does what stock clients do: whatever is no hello at first, or neither reload nor alert later, is a
protocol error. The WebSocket is Debian's python3-websocket.
"""
import json

import websocket
from zonda import WAIT_S

OFFICIAL_7 = "http://livereload.com/protocols/official-7"


class ProtocolError(Exception):
    pass


class Client:
    def __init__(self, port, origin="http://localhost:3000", protocols=(OFFICIAL_7,)):
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}/livereload", timeout=WAIT_S, origin=origin
        )
        self.say({"command": "hello", "protocols": list(protocols), "ver": "3.4.0"})
        hello = self.hear()
        if hello.get("command") != "hello" or OFFICIAL_7 not in hello.get("protocols", []):
            raise ProtocolError(hello)
        self.server = hello["serverName"]
        self.say({"command": "info", "plugins": {}, "url": "http://localhost:3000/"})

    def say(self, message):
        self.socket.send(json.dumps(message))

    def hear(self):
        text = self.socket.recv()
        if not text:
            raise ProtocolError("closed")
        return json.loads(text)

    def command(self):
        message = self.hear()
        if message["command"] == "reload":
            if not isinstance(message.get("path"), str):
                raise ProtocolError(message)
        elif message["command"] != "alert":
            raise ProtocolError(message)
        return message

    def close(self):
        self.socket.close()
