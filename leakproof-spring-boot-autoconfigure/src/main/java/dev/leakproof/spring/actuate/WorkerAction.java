package dev.leakproof.spring.actuate;

import dev.leakproof.StopReport;
import dev.leakproof.TreeNode;
import org.jspecify.annotations.Nullable;

/** What can be asked of a node and all below it. */
public enum WorkerAction {
    /** Stops it within its stop timeout. It starts again with its owner, or when asked to. */
    STOP {
        @Override
        StopReport applyTo(TreeNode node) {
            return node.stop();
        }
    },
    /** Starts it, if its owner runs. */
    START {
        @Override
        @Nullable
        StopReport applyTo(TreeNode node) {
            node.start();
            return null;
        }
    },
    /** Stops it, and keeps it from starting until it is resumed. */
    PAUSE {
        @Override
        StopReport applyTo(TreeNode node) {
            return node.pause();
        }
    },
    /** Starts it again if it was paused. */
    RESUME {
        @Override
        @Nullable
        StopReport applyTo(TreeNode node) {
            node.resume();
            return null;
        }
    };

    /** Does it, and returns what became of every node if that was a stop. */
    abstract @Nullable StopReport applyTo(TreeNode node);
}
