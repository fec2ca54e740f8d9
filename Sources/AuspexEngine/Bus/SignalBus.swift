/// How messages get from the doors to detection: at least once, in order, from any position on.
///
/// Every implementation passes the same conformance suite.
package protocol SignalBus: Sendable {
    /// Accepts a message. When this returns, the message survives whatever the implementation promises to survive.
    ///
    /// - Returns: the message's position; positions rise.
    func append(_ message: BusMessage) async throws -> Int64

    /// The messages after `position` in order, at most `limit` of them and about `bytes` bytes, but always one. While
    /// there is none it waits, at most for `wait` or until the task is cancelled, and is empty then.
    ///
    /// However long reading takes, what was read is handed over: only the waiting has an end.
    func next(
        after position: Int64, limit: Int, bytes: Int, waiting wait: Duration
    ) async throws -> [(position: Int64, message: BusMessage)]

    /// The position of the newest message; 0 when there never was one.
    func lastPosition() async throws -> Int64

    /// About how many bytes the messages after `position` have.
    func size(after position: Int64) async throws -> Int
}
