"""The beginning of an item is drawn as carefully as an item."""

import pytest

from app.catalog import skeleton
from tests.processes.test_drawings import (
    Drawing,
    test_each_step_lies_in_its_lane,
    test_every_step_and_every_way_that_is_chosen_has_a_name,
    test_everything_is_drawn_and_nothing_else,
    test_flows_are_orthogonal_and_reach_from_border_to_border,
    test_flows_do_not_cross,
    test_flows_pass_no_step,
    test_labels_are_free,
    test_shapes_do_not_overlap,
    test_shapes_of_a_kind_are_of_one_size,
)

__all__ = [
    "test_each_step_lies_in_its_lane",
    "test_every_step_and_every_way_that_is_chosen_has_a_name",
    "test_everything_is_drawn_and_nothing_else",
    "test_flows_are_orthogonal_and_reach_from_border_to_border",
    "test_flows_do_not_cross",
    "test_flows_pass_no_step",
    "test_labels_are_free",
    "test_shapes_do_not_overlap",
    "test_shapes_of_a_kind_are_of_one_size",
]
"""The same questions as of the diagrams of processes/."""


@pytest.fixture
def drawing() -> Drawing:
    return Drawing(skeleton.FOLDER / "diagram.bpmn")
