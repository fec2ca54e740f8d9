import Foundation
import Synchronization
import UnixSignals

/// Whether somebody has asked the program to stop: the first Ctrl-C is a wish, which whoever is at work fulfils in good
/// order; the second ends the program.
///
/// A class because who hears of a signal and who is at work share it.
final class Interrupts: Sendable {
    private let isWished = Mutex(false)

    /// Whether the wish is there. Each wish is told once.
    func takeWish() -> Bool {
        isWished.withLock { isWished in
            defer { isWished = false }
            return isWished
        }
    }

    /// Listens while `body` is at work.
    ///
    /// - Parameter onWish: Done at once when the wish comes.
    func heeding<Result: Sendable>(
        onWish: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                var count = 0
                for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    count += 1
                    guard count == 1 else { Interruption.end(by: signal.rawValue); return nil }
                    self.isWished.withLock { $0 = true }
                    Terminal.note("stopping the run; once more ends this program and leaves the run as it is")
                    onWish()
                }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}
