"""Prints a session with a language server: one file with a wrong op."""

import json
import sys

SOURCE = "func.func @f(%x: f32) {\n  whorl.require %x, \"no\"\n  return\n}\n"
URI = "test:///whorl.mlir"

MESSAGES = [
    {"id": 0, "method": "initialize",
     "params": {"processId": 1, "rootUri": None, "capabilities": {}}},
    {"method": "textDocument/didOpen",
     "params": {"textDocument": {"uri": URI, "languageId": "mlir",
                                 "version": 1, "text": SOURCE}}},
    {"id": 1, "method": "shutdown"},
    {"method": "exit"},
]

for message in MESSAGES:
    body = json.dumps({"jsonrpc": "2.0", **message})
    sys.stdout.write(f"Content-Length: {len(body)}\r\n\r\n{body}")
