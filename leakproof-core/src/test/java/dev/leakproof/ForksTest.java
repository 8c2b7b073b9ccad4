package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForksTest {

    private final Owner app = Owner.root("app");

    @AfterEach
    void close() {
        app.close();
    }

    @Test
    void theyAreInTheOrderOfForkingHoweverManyThereAre() throws Exception {
        for (int n : new int[] {0, 1, 2, 3, 8, 1_000}) {
            try (TaskGroup<Integer> group = TaskGroup.in(app, "work").open()) {
                IntStream.range(0, n).forEach(i -> group.fork(ctx -> i));
                List<Integer> numbers = IntStream.rangeClosed(1, n).boxed().toList();

                assertThat(numbers(group.forks())).isEqualTo(numbers);
                assertThat(numbers(group.newestFirst()))
                        .isEqualTo(numbers.stream()
                                .sorted(Comparator.reverseOrder())
                                .toList());
                group.join();
            }
        }
    }

    @Test
    void whoGoesThroughThemSeesThoseThatAreForgottenMeanwhile() throws Exception {
        try (TaskGroup<Integer> group = TaskGroup.in(app, "work").open()) {
            IntStream.range(0, 10).forEach(i -> group.fork(ctx -> i));
            Iterator<Fork<Integer>> begun = group.forks();
            begun.next();
            while (group.next().isPresent()) {
                // Taken, and forgotten with half of the others.
            }

            assertThat(numbers(begun))
                    .isEqualTo(IntStream.rangeClosed(2, 10).boxed().toList());
            assertThat(group.forks()).isExhausted();
            assertThat(group.newestFirst()).isExhausted();
            assertThat(group.added()).isEqualTo(10);
        }
    }

    @Test
    void thereIsNoneAfterTheLast() {
        try (TaskGroup<Integer> group = TaskGroup.in(app, "work").open()) {
            group.fork(ctx -> 1);
            Iterator<Fork<Integer>> forks = group.forks();
            forks.next();

            assertThatThrownBy(forks::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    private static List<Integer> numbers(Iterator<Fork<Integer>> forks) {
        Stream<Fork<Integer>> all = StreamSupport.stream(Spliterators.spliteratorUnknownSize(forks, 0), false);
        return all.map(fork -> fork.number).toList();
    }
}
