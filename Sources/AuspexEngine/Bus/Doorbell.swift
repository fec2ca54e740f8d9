import Synchronization

/// Wakes whoever waits for the next message. Ringing while nobody waits is remembered once.
///
/// A class because the ringer and the waiter share it.
final class Doorbell: Sendable {
    private struct State {
        var rung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the waiter, or lets the next one through at once.
    func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.rung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns at the next ring, at once if one was missed, when the task is cancelled, or after `duration`. One waiter at
    /// a time.
    ///
    /// - Returns: whether the time was not over yet.
    @discardableResult
    func wait(atMost duration: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.wait()
                return true
            }
            // Cut short by whatever else ends the wait.
            group.addTask {
                try? await Task.sleep(for: duration)
                return false
            }
            let isEarly = await group.next() ?? false
            group.cancelAll()
            return isEarly
        }
    }

    /// Returns at the next ring, at once if one was missed, or when the task is cancelled. One waiter at a time.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goOn = state.withLock { state in
                    if state.rung || Task.isCancelled {
                        state.rung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if goOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }
    }
}
