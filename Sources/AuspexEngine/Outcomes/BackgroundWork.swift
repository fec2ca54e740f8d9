import Dispatch

/// Long calculations, on a thread outside the cooperative pool, which has no more threads than the machine has cores.
enum BackgroundWork {
    /// Runs `body` and waits for it without holding a thread of the pool.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: body()) }
        }
    }
}
