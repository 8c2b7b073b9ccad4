package dev.leakproof.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("dev.leakproof.Stop")
@Label("Stop")
@Description("A stop of the whole tree or a part of it is over")
@Category("leakproof")
@StackTrace(false)
final class Stopped extends Event {

    @Label("Path")
    @Description("What was stopped, with all below it")
    String path = "";

    @Label("Stopped")
    @Description("How many ended in time, failed or not")
    int stopped;

    @Label("Leaked")
    @Description("How many did not")
    int leaked;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Budget")
    @Description("The time it was given")
    @Timespan(Timespan.NANOSECONDS)
    long budget;
}
