"""How the tests read scikit-learn's trees, little-endian: int32 nodeCount, then the nodes in preorder,
as arrays: int8 feature (-1 in leaves), float32 threshold (rounded down), uint16 right child (the left
one is the next node), uint16 sample count."""

import struct

import numpy as np


def floored(threshold):
    """Rounded down to float32, so that float32 values compare with it as with the threshold."""
    nearest = threshold.astype(np.float32)
    return np.where(nearest > threshold, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def write_tree(file, tree):
    leaf = tree.children_left < 0
    assert np.all(leaf | (tree.children_left == np.arange(tree.node_count) + 1)), "not in preorder"
    file.write(struct.pack("<i", tree.node_count))
    file.write(np.where(leaf, -1, tree.feature).astype("<i1").tobytes())
    file.write(np.where(leaf, 0, floored(tree.threshold)).astype("<f4").tobytes())
    file.write(np.where(leaf, 0, tree.children_right).astype("<u2").tobytes())
    file.write(tree.n_node_samples.astype("<u2").tobytes())
