import AuspexSignals
import Dispatch
import Synchronization

/// Calls that may block for longer than anybody waits for them, such as those on file systems that are far away: each
/// on a thread of its own, only so many at once.
///
/// A class, because all of them count the same.
final class BlockingCalls: Sendable {
    /// Calls under way at once, those that nobody waits for any more included.
    static let mostAtOnce = 32

    private let count = Mutex(0)

    /// The result of `body`; nil when the task is cancelled before it is there, or too many calls hang already. What
    /// was begun goes on to its end.
    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result? {
        let isRoom = count.withLock { count in
            guard count < Self.mostAtOnce else { return false }
            count += 1
            return true
        }
        guard isRoom else { return nil }
        let (results, result) = AsyncStream<Result>.makeStream(bufferingPolicy: .bufferingOldest(1))
        DispatchQueue.global(qos: .utility).async {
            result.yield(body())
            result.finish()
            self.count.withLock { $0 -= 1 }
        }
        for await value in results { return value }
        return nil
    }
}

/// The result of `body`; nil when it is not there within `limit`. `body` is cancelled then, and is to return at once.
func within<Result: Sendable>(_ limit: TimeSpan, _ body: @escaping @Sendable () async -> Result) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
        group.addTask { await body() }
        group.addTask {
            try? await Task.sleep(for: .milliseconds(limit.milliseconds))
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
