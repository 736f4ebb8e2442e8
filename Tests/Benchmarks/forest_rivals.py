"""Other engines that evaluate trees, each as a function that scores the same rows once.

Isolation forests are trained by the engine itself or are scikit-learn's, translated. Engines for
boosted trees get a model of like shape: as many trees of as many leaves and the same depth.
"""

import math

import joblib
import numpy as np


def scikit_learn(context):
    model = context.forest

    def score():
        with joblib.parallel_backend("threading", n_jobs=context.threads):
            return model.score_samples(context.rows)

    return score


def isotree(context):
    from isotree import IsolationForest

    model = IsolationForest(
        ndim=1, ntrees=context.trees, sample_size=context.samples, max_depth=context.depth,
        missing_action="fail", standardize_data=False, nthreads=context.threads, random_seed=1)
    model.fit(context.training)
    return lambda: model.predict(context.rows)


def coniferest(context):
    from coniferest.isoforest import IsolationForest

    model = IsolationForest(
        n_trees=context.trees, n_subsamples=context.samples, n_jobs=context.threads,
        random_seed=1)
    model.fit(context.training)
    return lambda: model.score_samples(context.rows)


def ydf(context):
    import ydf

    names = [f"f{feature}" for feature in range(context.rows.shape[1])]

    def table(rows):
        return {name: rows[:, feature] for feature, name in enumerate(names)}

    model = ydf.IsolationForestLearner(
        features=names, num_trees=context.trees, subsample_count=context.samples,
        max_depth=context.depth, random_seed=1).train(table(context.training), verbose=0)
    rows = table(context.rows)
    return lambda: model.predict(rows, use_slow_engine=False, num_threads=context.threads)


def onnxruntime(context):
    import onnxruntime
    from skl2onnx import to_onnx

    model = to_onnx(
        context.forest, context.rows[:1], target_opset={"": 15, "ai.onnx.ml": 3})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = context.threads
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    source, output = session.get_inputs()[0].name, session.get_outputs()[1].name
    parts = np.array_split(context.rows, max(1, len(context.rows) // 100_000))
    return lambda: [session.run([output], {source: part})[0] for part in parts]


def treelite(context):
    import treelite

    model = treelite.sklearn.import_model(context.forest)
    return lambda: treelite.gtil.predict(model, context.rows, nthread=context.threads)


def tl2cgen(context):
    import tempfile

    import tl2cgen
    import treelite

    model = treelite.sklearn.import_model(context.forest)
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/forest.so"
        tl2cgen.export_lib(
            model, toolchain="gcc", libpath=library, nthread=context.threads,
            params={"parallel_comp": context.trees})
        predictor = tl2cgen.Predictor(library, nthread=context.threads)
    rows = tl2cgen.DMatrix(context.rows)
    return lambda: predictor.predict(rows)


def lightgbm(context):
    booster = context.booster()
    return lambda: booster.predict(context.rows, num_threads=context.threads)


def daal4py(context):
    import daal4py

    daal4py.daalinit(context.threads)
    model = daal4py.mb.convert_model(context.booster())
    return lambda: model.predict(context.rows)


def lleaves(context):
    import tempfile

    import lleaves

    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        context.booster().save_model(file.name)
        model = lleaves.Model(model_file=file.name)
        model.compile()
    return lambda: model.predict(context.rows, n_jobs=context.threads)


RIVALS = {
    "scikit-learn": scikit_learn, "isotree": isotree, "coniferest": coniferest, "ydf": ydf,
    "onnxruntime": onnxruntime, "treelite": treelite, "tl2cgen": tl2cgen, "lightgbm": lightgbm,
    "daal4py": daal4py, "lleaves": lleaves,
}


class Context:
    """What rivals are made from."""

    def __init__(self, training, rows, trees, samples, threads):
        from sklearn.ensemble import IsolationForest

        self.training, self.rows = training, rows
        self.trees, self.samples, self.threads = trees, samples, threads
        self.depth = math.ceil(math.log2(samples))
        self.forest = IsolationForest(
            n_estimators=trees, max_samples=samples, random_state=1).fit(training)
        self._booster = None

    def booster(self):
        """Trained by LightGBM on nothing but noise."""
        if self._booster is None:
            import lightgbm

            leaves = sum(tree.tree_.n_leaves for tree in self.forest.estimators_)
            options = {
                "num_leaves": leaves // self.trees, "max_depth": self.depth,
                "num_threads": self.threads, "verbose": -1, "min_data_in_leaf": 5,
                "learning_rate": 0.1}
            noise = np.random.default_rng(0).random(len(self.training))
            data = lightgbm.Dataset(self.training, noise)
            self._booster = lightgbm.train(options, data, self.trees)
        return self._booster


def load(training, rows, trees, samples, threads, only):
    """A function a rival that is installed, by name; of `only` these names where given."""
    context = Context(training, rows, trees, samples, threads)
    engines = {}
    for name, make in RIVALS.items():
        if only is not None and name not in only:
            continue
        try:
            engines[name] = make(context)
        except ImportError as error:
            print(f"{name} is left out: {error}")
    return engines
