import Synchronization

/// Lets whoever has put a message on the bus wait until it has been worked in.
///
/// A class because the pipeline and those who wait share it.
final class Milestone: Sendable {
    private struct State {
        var reached: Int64
        var waiters: [Int: (position: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var count = 0
    }

    private let state: Mutex<State>

    /// Stands at `position`.
    init(_ position: Int64) {
        state = Mutex(State(reached: position))
    }

    /// Lets those go on who wait for `position` or an earlier one.
    func reach(_ position: Int64) {
        let due = state.withLock { state in
            state.reached = max(state.reached, position)
            let due = state.waiters.filter { $0.value.position <= state.reached }
            for number in due.keys { state.waiters[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns when `position` has been reached, when the task is cancelled, or after `duration`.
    ///
    /// - Returns: whether it has been reached.
    func wait(for position: Int64, atMost duration: Duration) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(for: position) }
            // Cut short by whatever else ends the wait.
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
        return state.withLock { $0.reached >= position }
    }

    private func wait(for position: Int64) async {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.reached >= position || Task.isCancelled { return true }
                    state.waiters[number] = (position, continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
