package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenGroupsTest {

    private final Owner app = Owner.named("app").build();
    private final OpenGroups place = new OpenGroups();

    @AfterEach
    void stop() {
        app.stop();
    }

    /** Groups that were opened one after the other, and are nowhere. */
    private TaskGroup<?> closed(String name) {
        try (TaskGroup<Object> group = TaskGroup.in(app, name).open()) {
            return group;
        }
    }

    @Test
    void areListedInTheOrderOfOpeningWhicheverPlaceWasFree() {
        app.start();
        List<TaskGroup<?>> groups = List.of(closed("a"), closed("b"), closed("c"), closed("d"));
        groups.subList(0, 3).forEach(place::add);
        assertThat(place.list()).containsExactlyElementsOf(groups.subList(0, 3));
        assertThat(place.list(2)).containsExactlyElementsOf(groups.subList(0, 2));
        place.remove(groups.get(0));
        place.add(groups.get(3)); // where the first was
        assertThat(place.list()).containsExactlyElementsOf(groups.subList(1, 4));
        assertThat(place.list(2)).containsExactlyElementsOf(groups.subList(1, 3));
        assertThat(place.size()).isEqualTo(3);
    }

    @Test
    void oneThatIsGoneIsRemovedNoMore() {
        app.start();
        TaskGroup<?> gone = closed("gone");
        TaskGroup<?> there = closed("there");
        place.add(gone);
        place.remove(gone);
        place.remove(gone);
        place.add(there);
        place.remove(gone);
        assertThat(place.list()).containsExactly(there);
        assertThat(place.size()).isOne();
    }
}
