import AuspexRunbooks
import Synchronization

/// Passes the wish to end an operation on to its parts, also to those that begin after it.
///
/// A class, because the parts and whoever listens for the wish share it.
final class StopRelay: Sendable {
    private struct State {
        var isStopped = false
        var next = 0
        var parts: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// Whether the operation is to end.
    var isStopped: Bool { state.withLock(\.isStopped) }

    /// Ends the parts.
    func stop() {
        let parts = state.withLock { state in
            state.isStopped = true
            return state.parts.values
        }
        for part in parts { part.yield() }
    }

    /// Carries a part out, with a line of its own.
    func part<Result>(_ body: (OperationControl) async -> Result) async -> Result {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (number, isStopped) = state.withLock { state in
            state.next += 1
            state.parts[state.next] = continuation
            return (state.next, state.isStopped)
        }
        if isStopped { continuation.yield() }
        defer { state.withLock { $0.parts[number] = nil } }
        return await body(OperationControl(stops: stream))
    }

    /// Waits for the result of `body`. When somebody speaks on `control`, its parts are ended and its task is
    /// cancelled, so that it returns soon.
    func listen<Result: Sendable>(
        to control: OperationControl, during body: @escaping @Sendable () async -> Result
    ) async -> Result? {
        await withTaskGroup(of: Result?.self) { group in
            group.addTask { await body() }
            group.addTask {
                for await _ in control.stops {
                    self.stop()
                    // What listens for no stop is only ended by the cancellation that follows.
                    return nil
                }
                return nil
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
                if isStopped { group.cancelAll() }
            }
            return nil
        }
    }
}
