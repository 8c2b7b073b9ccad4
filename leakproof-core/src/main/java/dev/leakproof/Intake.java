package dev.leakproof;

/** A queue in front of the numbered instances of one worker. */
interface Intake {

    /** There is none. */
    Intake NONE = new Intake() {
        @Override
        public void open(Incarnation incarnation) {}

        @Override
        public void changed() {}

        @Override
        public boolean isPending() {
            return false;
        }
    };

    /** A new incarnation of the worker begins. With the tree's lock held. */
    void open(Incarnation incarnation);

    /** The worker or one of its instances was told to stop, or has ended. No lock is held. */
    void changed();

    /** Whether an instance has to begin even if it was told to stop before it came to that: there is work to complete. */
    boolean isPending();
}
