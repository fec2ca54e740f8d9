import AuspexSignals
import Synchronization

/// A clock that a test moves.
///
/// A class because the engine and the test look at the same one.
final class HandClock: WallClock {
    private let moment: Mutex<Timestamp>

    init(_ moment: Timestamp) {
        self.moment = Mutex(moment)
    }

    func now() -> Timestamp { moment.withLock { $0 } }

    func move(to moment: Timestamp) { self.moment.withLock { $0 = moment } }
}
