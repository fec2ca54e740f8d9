import Foundation

/// A few threads of their own for long computations, so that these never block the threads of Swift's cooperative pool.
///
/// A class because it owns an operation queue; its threads end with it.
final class WorkerLanes: Sendable {
    private let queue: OperationQueue

    /// - Parameter count: how many computations may run at once, at least 1.
    init(count: Int) {
        queue = OperationQueue()
        queue.name = "auspex.evaluation"
        queue.maxConcurrentOperationCount = max(1, count)
    }

    /// Runs `work` on one of the threads, in the order of the calls.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }
}
