package dev.leakproof.jfr;

import dev.leakproof.NodeSnapshot;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** What the events about one node have in common. The stack would be that of the tree's event thread. */
@Category("leakproof")
@StackTrace(false)
abstract class NodeEvent extends Event {

    @Label("Path")
    @Description("Names from the root of the tree down, joined by slashes")
    String path = "";

    @Label("Id")
    @Description("What names it in logs, metrics and properties")
    String id = "";

    @Label("Kind")
    @Description("What it is, such as worker")
    String kind = "";

    @Label("Owner")
    @Description("Path of its owner, or none for a root")
    String owner = "";

    @Label("State")
    @Description("Its state, such as running")
    String state = "";

    @Label("Created At")
    @Description("Line of code that built it")
    String createdAt = "";

    /** Says which node it is about, and commits it. */
    void commit(NodeSnapshot node) {
        path = node.path();
        id = node.id();
        kind = node.kind().label();
        owner = node.exitStory().owner();
        state = node.state().name().toLowerCase(Locale.ROOT);
        createdAt = node.createdAt();
        commit();
    }
}
