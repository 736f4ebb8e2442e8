"""Writes an isolation forest that was fitted in Python to an Arrow file, from which
`score import-model` makes a Tidemark model.

    from dump_forest import dump
    dump(forest, "forest.dump.arrow", names=["bytes", "packets"])

`forest` is a fitted IsolationForest of scikit-learn, or of isotree with ndim=1; `names` are those
of its features where it does not know them itself. Arrays are read from the living object: nothing
is unpickled. Needs pyarrow.

The table, a row a node: tree and node count from 0, parents before children; a row goes to `left`
where its `feature` is at most `threshold` (float64; Tidemark rounds it down to float32, which
decides every float32 alike); `missing_left` says whether a missing value does, null where it does
otherwise than to one side; `sample_count` training rows reached the node; `value` is what a leaf
gives. A row's score is 2^-(mean value / dump.expected_path).
"""

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

SCHEMA = pa.schema(
    [
        pa.field("tree", pa.int32(), nullable=False),
        pa.field("node", pa.int32(), nullable=False),
        pa.field("feature", pa.int32()),
        pa.field("threshold", pa.float64()),
        pa.field("left", pa.int32()),
        pa.field("right", pa.int32()),
        pa.field("missing_left", pa.bool_()),
        pa.field("sample_count", pa.int32(), nullable=False),
        pa.field("value", pa.float64()),
    ]
)


def dump(forest, path, names=None):
    module = type(forest).__module__.split(".")[0]
    readers = {"sklearn": _sklearn, "isotree": _isotree}
    if type(forest).__name__ != "IsolationForest" or module not in readers:
        raise TypeError(f"expected an IsolationForest of scikit-learn or isotree, found {forest!r}")
    trees, own_names, metadata = readers[module](forest)
    if names is None:
        names = own_names
    if len(names) != len(own_names):
        raise ValueError(f"expected names of {len(own_names)} features, found {len(names)}")
    metadata = {
        "tidemark.schema": "forest_dump",
        "tidemark.schema_version": "1",
        "dump.tree_count": len(trees),
        "dump.feature_count": len(names),
        **{f"dump.feature.{index}": name for index, name in enumerate(names)},
        **metadata,
    }
    schema = SCHEMA.with_metadata({key: str(value) for key, value in metadata.items()})
    with ipc.new_file(path, schema) as writer:
        for index, tree in enumerate(trees):
            writer.write_batch(_batch(index, tree, schema))


def _batch(index, tree, schema):
    count = len(tree["feature"])
    is_leaf = tree["feature"] < 0
    columns = {"tree": np.full(count, index), "node": np.arange(count), **tree}
    nulls = dict.fromkeys(("feature", "threshold", "left", "right", "missing_left"), is_leaf)
    nulls["value"] = ~is_leaf
    if tree["missing_left"] is None:
        columns["missing_left"] = np.zeros(count, bool)
        nulls["missing_left"] = np.ones(count, bool)
    arrays = [
        pa.array(columns[field.name], field.type, mask=nulls.get(field.name)) for field in schema
    ]
    return pa.record_batch(arrays, schema=schema)


def _sklearn(forest):
    import sklearn
    from sklearn.ensemble._iforest import _average_path_length

    trees = []
    for estimator, features in zip(forest.estimators_, forest.estimators_features_):
        tree = estimator.tree_
        is_leaf = tree.children_left < 0
        depth = np.zeros(tree.node_count)
        for node in np.flatnonzero(~is_leaf):
            depth[tree.children_left[node]] = depth[tree.children_right[node]] = depth[node] + 1
        # Rows drawn twice count once in n_node_samples, and as often as drawn in the weights.
        weights = tree.weighted_n_node_samples
        is_whole = np.all(weights == np.round(weights)) and weights[0] == forest.max_samples_
        trees.append(
            {
                "feature": np.where(is_leaf, -1, features[tree.feature]),
                "threshold": tree.threshold,
                "left": tree.children_left,
                "right": tree.children_right,
                "missing_left": tree.missing_go_to_left.astype(bool),
                "sample_count": weights if is_whole else tree.n_node_samples,
                "value": depth + _average_path_length(tree.n_node_samples),
            }
        )
    known = getattr(forest, "feature_names_in_", None)
    names = [f"x{index}" for index in range(forest.n_features_in_)] if known is None else known
    metadata = {
        "dump.source": f"scikit-learn {sklearn.__version__}",
        "dump.sample_count": _root_count(trees),
        "dump.expected_path": repr(float(_average_path_length([forest.max_samples_])[0])),
    }
    return trees, list(names), metadata


def _isotree(forest):
    import isotree
    from importlib.metadata import version

    for option, expected in {
        "ndim_": (1,),
        "_ncols_categ": (0,),
        "penalize_range": (False,),
        "scoring_metric": ("depth", "adj_depth"),
    }.items():
        found = getattr(forest, option)
        if found not in expected:
            raise ValueError(
                f"isotree's {option.strip('_')}: expected {' or '.join(map(str, expected))}, "
                f"found {found}; fit the forest anew with that"
            )
    model = forest._cpp_obj
    node_counts = np.atleast_1d(forest.get_num_nodes()[0]).astype(int)
    trees = [
        _isotree_tree(model, index, count, forest.sample_size_)
        for index, count in enumerate(node_counts)
    ]
    known = list(forest.cols_numeric_)
    metadata = {
        "dump.source": f"isotree {version('isotree')}",
        "dump.sample_count": _root_count(trees),
        "dump.expected_path": repr(float(model.get_expected_isolation_depth())),
    }
    return trees, known or [f"x{index}" for index in range(forest._ncols_numeric)], metadata


def _isotree_tree(model, index, node_count, sample_count):
    tree = {
        "feature": np.full(node_count, -1),
        "threshold": np.zeros(node_count),
        "left": np.zeros(node_count, int),
        "right": np.zeros(node_count, int),
        # Rows with missing values are divided, or imputed by values of their own.
        "missing_left": None,
        "sample_count": np.zeros(node_count, int),
        "value": np.zeros(node_count),
    }
    weights = model.get_expected_node_weights(sample_count, index)
    counts = tree["sample_count"]
    counts[0] = sample_count
    info = np.empty(6)
    for node in range(node_count):
        model.get_node(index, node, info)
        if info[0] == 1:
            tree["value"][node] = info[1]
            continue
        if counts[node] < 2:
            raise ValueError("expected a forest fitted to complete rows, found shares of rows")
        left, right = int(info[4]), int(info[5])
        tree["feature"][node], tree["threshold"][node] = int(info[1]), info[2]
        tree["left"][node], tree["right"][node] = left, right
        share = weights[left] / (weights[left] + weights[right])
        counts[left] = min(max(round(counts[node] * share), 1), counts[node] - 1)
        counts[right] = counts[node] - counts[left]
    return tree


def _root_count(trees):
    counts = {int(tree["sample_count"][0]) for tree in trees}
    if len(counts) != 1:
        raise ValueError(
            f"expected trees of as many training rows each, found {min(counts)} to {max(counts)}; "
            "fit the forest without sample weights"
        )
    return counts.pop()
