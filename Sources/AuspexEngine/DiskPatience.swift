import AuspexSignals
import AuspexStore
import ServiceLifecycle

/// Writes again and again while the disk is full or fails: the engine stands still, says so (``Engine/problem``), and
/// goes on where it was. Giving up would lose what is half worked in, and begin anew on the same disk.
struct DiskPatience: Sendable {
    /// The time after the first refusal; it doubles with each, up to the longest.
    private static let firstPause = TimeSpan(milliseconds: 100)
    /// Short enough for a shutdown not to wait for it.
    private static let longestPause = TimeSpan.seconds(2)

    /// Does the write until the disk takes it. Other errors are thrown at once, and so is the last refusal when the
    /// service shuts down.
    func persist<Result: Sendable>(_ write: @Sendable () async throws -> Result) async throws -> Result {
        var pause = Self.firstPause
        while true {
            do {
                return try await write()
            } catch let error as StoreError where error.isOfDisk {
                if Task.isShuttingDownGracefully { throw error }
                try await Task.sleep(for: .milliseconds(pause.milliseconds))
                pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), Self.longestPause)
            }
        }
    }
}
