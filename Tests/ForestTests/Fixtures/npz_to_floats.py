"""npz_to_floats.py SET.npz OUT: writes the columns of X, then y, as float32; prints rows and columns."""

import sys

import numpy as np

data = np.load(sys.argv[1], allow_pickle=False)
X = np.asarray(data["X"], np.float32)
with open(sys.argv[2], "wb") as file:
    file.write(np.ascontiguousarray(X.T).tobytes())
    file.write(np.asarray(data["y"], np.float32).tobytes())
print(*X.shape)
