"""The house stands: no floor imports from one above it."""

import numpy as np

from learndyn.experiments import import_graph


def test_no_module_imports_upward_and_only_numpy_from_outside():
    house = import_graph.run()
    assert house.upward == 0
    assert set(house.foreign) == {"numpy"}
    assert (np.tril(house.imports, -1).sum(axis=1)[1:] > 0).all()  # each floor stands on another
    assert (house.modules > 10).all() and (house.lines > house.modules).all()


def test_an_import_inside_a_function_is_seen(tmp_path, monkeypatch):
    (tmp_path / "autodiff").mkdir()
    text = "def f():\n    from ..dynamics import simulate\n    import scipy.linalg\n"
    (tmp_path / "autodiff" / "odd.py").write_text(text)
    monkeypatch.setattr(import_graph, "PACKAGE", tmp_path / "learndyn")
    (tmp_path / "autodiff").rename(tmp_path / "moved")
    (tmp_path / "learndyn").mkdir()
    (tmp_path / "moved").rename(tmp_path / "learndyn" / "autodiff")
    house = import_graph.run()
    assert house.upward == 1
    assert house.foreign == ("scipy",)


def test_the_front_door_loads_the_ground_floor_and_the_others_when_asked():
    bare = import_graph.loaded("import learndyn")
    assert bare["autodiff"] > 10
    assert sum(bare.values()) == bare["autodiff"]
    asked = import_graph.loaded("import learndyn; learndyn.train")
    assert asked["learning"] > 10 and asked["plots"] == 0
