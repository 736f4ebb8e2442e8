"""Makes golden.json: what PyTorch says of two small models and of Adam's steps.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python make_golden.py

Written anew from the papers, in float64: nothing is shared with the library that is held against it.
Numbers of parameters follow `weight`, so that they need not be stored.
"""

import json
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
DIGITS = 9


def weight(number, place):
    """The number at a place of the parameter of a number: the test has the same."""
    return (((number + 1) * (place + 1) * 7919) % 2003 / 2003 - 0.5) * 0.8


def parameters(shapes):
    return {
        name: torch.tensor(
            [weight(number, place) for place in range(rows * columns)]
        ).reshape(rows, columns).requires_grad_()
        for number, (name, rows, columns) in enumerate(shapes)}  # fmt: skip


def listed(tensor):
    return [float(f"{value:.{DIGITS}g}") for value in tensor.detach().flatten().tolist()]


KINDS, ENTITIES, WIDTH, LAYERS, HEADS, HIDDEN, CONTEXT = 5, 2, 8, 2, 2, 12, 6
SEQUENCES = [(0, [1, 4, 2, 2, 0, 3]), (1, [3, 1]), (1, [0, 0, 4, 1])]
SEQUENCE_SHAPES = [("token", KINDS + ENTITIES, WIDTH), ("position", CONTEXT, WIDTH)]
for layer in range(LAYERS):
    for name, rows, columns in (
        ("before_attention.scale", 1, WIDTH), ("before_attention.shift", 1, WIDTH),
        ("projection.weight", WIDTH, 3 * WIDTH), ("projection.bias", 1, 3 * WIDTH),
        ("attention.weight", WIDTH, WIDTH), ("attention.bias", 1, WIDTH),
        ("before_hidden.scale", 1, WIDTH), ("before_hidden.shift", 1, WIDTH),
        ("hidden.weight", WIDTH, HIDDEN), ("hidden.bias", 1, HIDDEN),
        ("result.weight", HIDDEN, WIDTH), ("result.bias", 1, WIDTH),
    ):  # fmt: skip
        SEQUENCE_SHAPES.append((f"{layer}.{name}", rows, columns))
SEQUENCE_SHAPES += [
    ("last.scale", 1, WIDTH), ("last.shift", 1, WIDTH),
    ("next.weight", WIDTH, KINDS), ("next.bias", 1, KINDS)]  # fmt: skip


def sequence_loss(p):
    """The mean surprise of all steps, in nats, and each."""
    surprises = []
    for entity, steps in SEQUENCES:
        tokens = torch.tensor([KINDS + entity, *steps[:-1]])
        x = p["token"][tokens] + p["position"][: len(tokens)]

        def normal(x, name):
            return F.layer_norm(x, (WIDTH,), p[f"{name}.scale"][0], p[f"{name}.shift"][0])

        def linear(x, name):
            return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

        for layer in range(LAYERS):
            q, k, v = linear(normal(x, f"{layer}.before_attention"), f"{layer}.projection").chunk(3, 1)
            heads = [t.reshape(len(tokens), HEADS, -1).transpose(0, 1) for t in (q, k, v)]
            taken = F.scaled_dot_product_attention(*heads, is_causal=True)
            x = x + linear(taken.transpose(0, 1).reshape(len(tokens), WIDTH), f"{layer}.attention")
            hidden = F.relu(linear(normal(x, f"{layer}.before_hidden"), f"{layer}.hidden"))
            x = x + linear(hidden, f"{layer}.result")
        scores = linear(normal(x, "last"), "next")
        surprises.append(F.cross_entropy(scores, torch.tensor(steps), reduction="none"))
    return torch.cat(surprises).mean(), torch.cat(surprises)


def sequence_golden():
    p = parameters(SEQUENCE_SHAPES)
    loss, surprises = sequence_loss(p)
    loss.backward()
    golden = {
        "loss": loss.item(), "surprises": listed(surprises),
        "gradients": [listed(t.grad) for t in p.values()]}  # fmt: skip
    adam = torch.optim.Adam(p.values(), lr=0.01)
    losses = []
    for _ in range(5):
        adam.zero_grad()
        loss, _ = sequence_loss(p)
        losses.append(loss.item())
        loss.backward()
        adam.step()
    return golden | {
        "losses": losses, "outputAfterSteps": listed(p["next.weight"]),
        "tokensAfterSteps": listed(p["token"])}  # fmt: skip


SERVICES, HOURS, NODES = 3, 6, 6
# Of each day: source, target, service, conversations, hour.
DAYS = [
    [(0, 1, 0, 3, 9), (0, 1, 0, 1, 10), (2, 1, 0, 5, 23), (3, 4, 2, 1, 0)],
    [(0, 4, 1, 2, 8), (2, 1, 0, 7, 12), (3, 4, 2, 2, 4), (4, 1, 1, 1, 5)],
]
EDGES = [(0, 1, 0), (3, 4, 2), (2, 4, 1), (5, 1, 0), (0, 4, 0)]
IS_THERE = [1, 1, 0, 0, 1]
IS_HIDDEN = [0, 1, 0, 0, 0]


def graph_inputs():
    """Features of nodes, the means either way, and what is known of each edge."""
    weights, pairs = defaultdict(float), defaultdict(float)
    amounts = torch.zeros(NODES, 2)
    hours = torch.zeros(NODES, 2, HOURS)
    for age, day in enumerate(reversed(DAYS)):
        for source, target, _, conversations, hour in day:
            amounts[source, 0] += 0.6**age * conversations
            amounts[target, 1] += 0.6**age * conversations
            hours[source, 0, hour // 4] += 0.6**age
            hours[target, 1, hour // 4] += 0.6**age
        for edge in {row[:3] for row in day}:
            weights[edge] += 0.6**age
            pairs[edge[:2]] += 0.6**age
    services = torch.zeros(NODES, 2, SERVICES)
    adjacency = torch.zeros(NODES, NODES)
    for (source, target, service), w in weights.items():
        services[source, 0, service] += w
        services[target, 1, service] += w
        adjacency[source, target] += w
    degrees = torch.stack([adjacency.sum(1), adjacency.sum(0)], 1)

    def share(histogram):
        return histogram / histogram.sum(-1, keepdim=True).clamp(min=1e-300)

    features = torch.cat(
        [torch.log1p(torch.cat([degrees, amounts], 1)) / 4, share(services).flatten(1),
         share(hours).flatten(1)], 1)  # fmt: skip
    reached, reaching = share(adjacency), share(adjacency.T)
    known = torch.zeros(len(EDGES), SERVICES + 3)
    for row, edge in enumerate(EDGES):
        known[row, edge[2]] = 1
        if not IS_HIDDEN[row]:
            w = torch.tensor(weights.get(edge, 0.0))
            ends = (degrees[edge[0], 0] * degrees[edge[1], 1]).sqrt()
            known[row, SERVICES] = torch.log1p(w)
            known[row, SERVICES + 1] = w / ends if ends > 0 else 0
            known[row, SERVICES + 2] = torch.log1p(torch.tensor(pairs.get(edge[:2], 0.0)))
    return features, reached, reaching, known


def graph_golden():
    features, reached, reaching, known = graph_inputs()
    width = features.shape[1]
    p = parameters([
        ("first.weight", 3 * width, 32), ("first.bias", 1, 32),
        ("second.weight", 96, 16), ("second.bias", 1, 16),
        ("decoder.weight", 48 + SERVICES + 3, 16), ("decoder.bias", 1, 16),
        ("score.weight", 16, 1), ("score.bias", 1, 1)])  # fmt: skip

    def linear(x, name):
        return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

    def layer(x, name):
        return linear(torch.cat([x, reached @ x, reaching @ x], 1), name)

    nodes = layer(F.relu(layer(features, "first")), "second")
    u, v = nodes[[edge[0] for edge in EDGES]], nodes[[edge[1] for edge in EDGES]]
    scores = linear(F.relu(linear(torch.cat([u * v, u, v, known], 1), "decoder")), "score")
    loss = F.binary_cross_entropy_with_logits(scores[:, 0], torch.tensor(IS_THERE) * 1.0)
    loss.backward()
    # Of the greatest, a sample.
    return {
        "loss": loss.item(), "scores": listed(scores),
        "gradients": {
            name: listed(p[name].grad.flatten()[::step])
            for name, step in [
                ("first.weight", 53), ("first.bias", 1), ("second.weight", 17), ("second.bias", 1),
                ("decoder.weight", 11), ("decoder.bias", 1), ("score.weight", 1), ("score.bias", 1)]
        }}  # fmt: skip


golden = {"sequences": sequence_golden(), "edges": graph_golden()}
path = Path(__file__).parent / "golden.json"
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
