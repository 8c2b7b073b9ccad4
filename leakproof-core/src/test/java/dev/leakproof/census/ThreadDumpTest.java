package dev.leakproof.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadDumpTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.base/java.lang.Object.wait0(Native Method)",
                "java.base@25.0.3/java.lang.Object.wait(Object.java:389)",
                "Look.main(Look.java:18)",
                "com.acme.Relay.lambda$start$0(Relay.java:7)",
                "com.acme.Relay$$Lambda/0x00007f0ccc04e960.run(Unknown Source)",
                "app//com.acme.Relay.<init>(Relay.java:7)",
                "app/acme@1.0/com.acme.Relay.<clinit>(Relay.java:7)"
            })
    void readsFramesAsTheyArePrinted(String frame) {
        StackTraceElement read = ThreadDump.frame(frame);
        assertThat(List.of("java.lang.Object", "Look", "com.acme.Relay", "com.acme.Relay$$Lambda/0x00007f0ccc04e960"))
                .contains(read.getClassName());
        assertThat(read.toString().replace("@25.0.3", "").replace("app//", ""))
                .isEqualTo(frame.replace("@25.0.3", "").replace("app//", ""));
    }

    @Test
    void keepsWhatItCannotReadAsAFrame() {
        assertThat(ThreadDump.frame("no frame").getMethodName()).isEqualTo("no frame");
    }

    @Test
    void readsADumpThatDoesNotSayWhatIsVirtual() {
        ThreadDump dump = ThreadDump.parse(Json.parse("""
                        { "threadDump": { "threadContainers": [ { "container": "<root>", "threads": [
                          { "tid": "1", "name": "main", "stack": [ "java.base\\/java.lang.Thread.run(Thread.java:1)" ] },
                          { "tid": "29", "name": "", "stack": [
                            "A.b(A.java:1)", "java.base\\/java.lang.VirtualThread.run(VirtualThread.java:309)" ] } ] },
                        { "container": "x.Pool@1", "threads": [ { "tid": "30", "name": "w", "stack": [] } ] } ] } }
                        """));
        assertThat(dump.virtual()).singleElement().satisfies(live -> {
            assertThat(live.id()).isEqualTo(29);
            assertThat(live.virtual()).isTrue();
            assertThat(live.container()).isNull();
            assertThat(live.stack()).hasSize(2);
        });
        assertThat(dump.containers()).isEqualTo(Map.of(30L, "x.Pool@1"));
    }

    @Test
    void readsJson() {
        assertThat(Json.parse(" {\"a\" : [1, -2.5e3, true, null, \"x\\n\\u0041\\/\\\"\", {}, []]} "))
                .isEqualTo(Map.of("a", List.of("1", "-2.5e3", "true", "null", "x\nA/\"", Map.of(), List.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1", "[1 2]", "{\"a\" 1}", "{a:1}", "\"x", "\"\\u00", "[1]]", "?"})
    void refusesWhatIsNotJson(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text));
    }
}
