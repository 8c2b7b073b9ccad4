package dev.leakproof.benchmarks

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

/** What cannot be written in Java: coroutines. */
object CoroutineWork {
    @JvmStatic
    fun forkAndJoin(n: Int) {
        runBlocking(Dispatchers.Default) { List(n) { async { null } }.awaitAll() }
    }
}
