import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(1))) struct StopRelayTests {
    /// Waits until its task is cancelled, and listens for nothing else.
    private static func deaf() async -> String {
        for await _ in AsyncStream<Void>(unfolding: { try? await Task.sleep(for: .seconds(3_600)) }) {}
        return Task.isCancelled ? "cancelled" : "over"
    }

    @Test("a stop ends what listens for none, too, although whoever may say it stays on the line")
    func cancels() async {
        let (stops, stop) = AsyncStream<Void>.makeStream()
        stop.yield()
        let relay = StopRelay()
        let result = await relay.listen(to: OperationControl(stops: stops)) { await Self.deaf() }
        #expect(result == "cancelled" && relay.isStopped)
        // Nobody has hung up.
        stop.finish()
    }

    @Test("what nobody stops comes to its end")
    func unstopped() async {
        let relay = StopRelay()
        let result = await relay.listen(to: .silent) { await relay.part { _ in "done" } }
        #expect(result == "done" && !relay.isStopped)
    }
}
