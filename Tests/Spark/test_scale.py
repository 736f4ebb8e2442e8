"""The simulation of scale, held against what can be reckoned by hand."""

import unittest

import scale
from scale import Cluster, Cost, Costs

# A second of a core and 100 bytes for a thousand flows in each stage, and nothing else.
PLAIN = Costs(
    start_seconds=0, driver_seconds=0, export_bytes_a_flow=1, ingest_bytes=1e12,
    **dict.fromkeys(("ingest", "normalize", "baseline", "score", "report"), Cost(1e-3, 0.1)))


def day(flows, costs=PLAIN, seed=1, **cluster):
    stated = {"cores": 4, "storage_bytes_a_second": 1e12, "task_bytes_a_second": 1e12, "straggling": 0}
    return scale.simulate(flows, costs, Cluster(**stated | cluster), seed)


class ScaleTests(unittest.TestCase):
    def test_a_site_alone_takes_its_stages_in_turn(self):
        self.assertAlmostEqual(day([1000]).seconds, 5, places=5)
        self.assertEqual(day([1000]).tasks, 7)
        self.assertAlmostEqual(day([1000], cores=1).cpu_seconds, 5)

    def test_sites_share_cores(self):
        self.assertAlmostEqual(day([1000] * 4).seconds, 5, places=5)
        self.assertAlmostEqual(day([1000] * 8).seconds, 10, places=5)
        self.assertEqual(day([1000] * 40).bound, "cores")

    def test_a_large_sites_day_is_no_faster_on_more_cores_but_for_its_files(self):
        few, many = (day([1000] * 40 + [9000], cores=cores) for cores in (8, 800))
        self.assertAlmostEqual(many.seconds, 45, places=4)
        self.assertEqual(many.bound, "largest site")
        self.assertGreaterEqual(few.seconds, 45)
        files = Costs(**vars(PLAIN) | {"ingest_bytes": 1000})
        self.assertAlmostEqual(day([9000], files, cores=9).seconds, 37, places=4)

    def test_tasks_share_what_the_storage_gives(self):
        # 400 bytes of each site's step at 100 bytes a second, beside a core's second: all move, then compute.
        costs = Costs(**vars(PLAIN) | {"ingest": Cost(1e-3, 0.4)})
        slow = day([1000] * 2, costs, storage_bytes_a_second=100, task_bytes_a_second=100)
        steps = 800 / 100 + 1 + 4 * (200 / 100 + 1)
        self.assertAlmostEqual(slow.seconds, steps, places=4)
        self.assertEqual(slow.bound, "storage")
        alone = day([1000], costs, storage_bytes_a_second=100, task_bytes_a_second=50)
        self.assertAlmostEqual(alone.seconds, 400 / 50 + 1 + 4 * (100 / 50 + 1), places=4)

    def test_the_driver_hands_out_one_task_after_another(self):
        costs = Costs(**vars(PLAIN) | {"driver_seconds": 10})
        busy = day([1] * 50, costs, cores=1000)
        self.assertAlmostEqual(busy.seconds, 3500, delta=1)
        self.assertEqual(busy.bound, "driver")

    def test_stragglers_delay_and_the_same_seed_gives_the_same(self):
        sites = scale.sizes(50, 1e5, 1.5, 7)
        self.assertAlmostEqual(sum(sites), 1e5)
        calm, rough, again = (day(sites, straggling=share) for share in (0, 0.5, 0.5))
        self.assertGreater(rough.seconds, calm.seconds)
        self.assertEqual(rough, again)
        self.assertNotEqual(rough, day(sites, straggling=0.5, seed=2))


if __name__ == "__main__":
    unittest.main()
