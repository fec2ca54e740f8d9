import AuspexSignals
import AuspexStore
import AuspexTesting
import Testing

@testable import AuspexEngine

/// What every bus must do, whatever carries it.
@Suite(.timeLimit(.minutes(1))) struct SignalBusTests {
    enum Kind: CaseIterable {
        case inMemory
        case stored
    }

    private func withBus(_ kind: Kind, _ body: (any SignalBus) async throws -> Void) async throws {
        switch kind {
        case .inMemory: try await body(InMemoryBus())
        case .stored:
            let directory = try TemporaryDirectory()
            let store = try Store(directory: directory.path, clock: SystemWallClock())
            try await body(StoredBus(log: SignalLog(store: store, clock: SystemWallClock())))
            try store.close()
        }
    }

    /// The next messages, without waiting long and without a bound that matters.
    private func next(
        _ bus: any SignalBus, after position: Int64, limit: Int = 100, bytes: Int = 1 << 20
    ) async throws -> [(position: Int64, message: BusMessage)] {
        try await bus.next(after: position, limit: limit, bytes: bytes, waiting: .seconds(60))
    }

    private func message(_ number: Int) -> BusMessage {
        .change(Change(id: "\(number)", service: "s", startedAt: noon))
    }

    @Test("messages come in order and from any position on", arguments: Kind.allCases)
    func order(kind: Kind) async throws {
        try await withBus(kind) { bus in
            #expect(try await bus.lastPosition() == 0)
            var positions: [Int64] = []
            for number in 0..<10 { positions.append(try await bus.append(message(number))) }
            #expect(positions == positions.sorted() && Set(positions).count == 10)
            let first = try await next(bus, after: 0, limit: 4)
            #expect(first.map(\.message) == (0..<4).map(message))
            let rest = try await next(bus, after: first[3].position, limit: 100)
            #expect(rest.map(\.message) == (4..<10).map(message))
            #expect(try await bus.lastPosition() == positions[9])
        }
    }

    @Test("whoever waits is woken by the next message", arguments: Kind.allCases)
    func waking(kind: Kind) async throws {
        try await withBus(kind) { bus in
            async let received = bus.next(after: 0, limit: 10, bytes: 1 << 20, waiting: .seconds(60))
            _ = try await bus.append(message(7))
            #expect(try await received.map(\.message) == [message(7)])
        }
    }

    @Test("a cancelled wait ends with nothing", arguments: Kind.allCases)
    func cancelling(kind: Kind) async throws {
        try await withBus(kind) { bus in
            let waiting = Task { try await bus.next(after: 0, limit: 10, bytes: 1, waiting: .seconds(60)).count }
            waiting.cancel()
            let received = try await waiting.value
            #expect(received == 0)
        }
    }

    @Test("a wait has an end, and the next one hears what came meanwhile", arguments: Kind.allCases)
    func waitingEnds(kind: Kind) async throws {
        try await withBus(kind) { bus in
            let nothing = try await bus.next(after: 0, limit: 10, bytes: 1 << 20, waiting: .milliseconds(1))
            #expect(nothing.isEmpty)
            _ = try await bus.append(message(1))
            #expect(try await next(bus, after: 0).map(\.message) == [message(1)])
        }
    }

    @Test("as many messages come at a time as the bytes allow, and always one", arguments: Kind.allCases)
    func bytes(kind: Kind) async throws {
        try await withBus(kind) { bus in
            let samples = (0..<500).map { Sample(time: noon + .seconds(Int64($0)), value: Double($0)) }
            let labels = Labels(["__name__": "m"])
            let large = BusMessage.signals(SignalBatch(series: [SeriesSamples(labels: labels, samples: samples)]))
            for _ in 0..<5 { _ = try await bus.append(large) }
            #expect(try await next(bus, after: 0, bytes: 1).count == 1)
            #expect(try await next(bus, after: 0, bytes: 2 * 500 * 16).count == 2)
            #expect(try await next(bus, after: 1).count == 4)
            let size = try await bus.size(after: 1)
            #expect((4 * 500 * 16...4 * 500 * 16 + 500).contains(size))
            #expect(try await bus.size(after: 5) == 0)
        }
    }

    @Test("many senders at once lose nothing", arguments: Kind.allCases)
    func concurrency(kind: Kind) async throws {
        try await withBus(kind) { bus in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 { group.addTask { _ = try await bus.append(message(number)) } }
                try await group.waitForAll()
            }
            var received: [BusMessage] = []
            var position: Int64 = 0
            while received.count < 50 {
                for entry in try await next(bus, after: position, limit: 7) {
                    received.append(entry.message)
                    position = entry.position
                }
            }
            #expect(Set(received) == Set((0..<50).map(message)))
        }
    }
}
