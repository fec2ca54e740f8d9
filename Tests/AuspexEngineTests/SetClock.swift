import AuspexSignals
import Synchronization

/// A clock that the test sets.
///
/// A class because the engine and the test share it.
final class SetClock: WallClock {
    private let moment: Mutex<Timestamp>

    init(_ moment: Timestamp) { self.moment = Mutex(moment) }

    func now() -> Timestamp { moment.withLock { $0 } }
    func move(by span: TimeSpan) { moment.withLock { $0 = $0 + span } }
    func move(to time: Timestamp) { moment.withLock { $0 = time } }
}
