package dev.leakproof.benchmarks

import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** What cannot be written in Java: coroutines. */
object CoroutineWork {
    @JvmStatic
    fun forkAndJoin(n: Int) = runBlocking(Dispatchers.Default) { repeat(n) { launch {} } }

    @JvmStatic
    fun parkFlat(n: Int, whenParked: Runnable): Long {
        val parked = CountDownLatch(n)
        return cancel(parked, whenParked) {
            repeat(n) {
                launch {
                    parked.countDown()
                    awaitCancellation()
                }
            }
        }
    }

    @JvmStatic
    fun parkTree(depth: Int, whenParked: Runnable): Long {
        val parked = CountDownLatch(Peer.treeSize(depth))
        return cancel(parked, whenParked) { repeat(Peer.FAN_OUT) { launch { branch(depth - 1, parked) } } }
    }

    private suspend fun branch(depth: Int, parked: CountDownLatch) {
        parked.countDown()
        if (depth == 0) {
            awaitCancellation()
        }
        coroutineScope { repeat(Peer.FAN_OUT) { launch { branch(depth - 1, parked) } } }
    }

    private fun cancel(parked: CountDownLatch, whenParked: Runnable, body: suspend CoroutineScope.() -> Unit): Long {
        val job: Job = CoroutineScope(Dispatchers.Default).launch(block = body)
        Parking.await(parked, whenParked)
        val begun = System.nanoTime()
        runBlocking { job.cancelAndJoin() }
        return System.nanoTime() - begun
    }
}
