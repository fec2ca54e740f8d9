import AuspexSignals
import Foundation

/// A directory of its own for one test, removed with it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "auspex-\(RandomIDSource().next())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A clock that stands still.
struct StoppedClock: WallClock {
    let moment: Timestamp

    func now() -> Timestamp { moment }
}

let noon = Timestamp(milliseconds: 1_772_366_400_000)
