import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Testing

/// The engine dies at every point at which it can, for every kind of step and every effect, and another goes on with its
/// database.
@Suite(.timeLimit(.minutes(FaultScale.count(20, full: 120)))) struct CrashPointFaultTests {
    typealias Death = CrashCourse.Death

    /// Times that a point is reached in one course at most, with room.
    private static let mostTimes = 40

    /// A database with the world that its runs change, and what must be true of it after everything.
    private struct Books {
        let directory: TemporaryDirectory
        let store: Store
        let journal: SQLiteRunJournal
        let world: FaultWorld

        init(forgets: Bool) throws {
            directory = try TemporaryDirectory()
            store = try Store(directory: directory.path, clock: SystemWallClock())
            journal = SQLiteRunJournal(store: store)
            world = FaultWorld(forgets: forgets, journal: journal)
        }

        func check() async throws {
            #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
            try await AuditLog(store: store).verify()
            #expect(try await journal.openRuns().isEmpty, "a run is stuck")
        }
    }

    /// Databases, one after the other: whoever begins a run looks at those before it, so that many in one take long.
    private struct Library {
        private static let mostRuns = 40

        let forgets: Bool
        private var books: Books?
        private var runs = 0

        init(forgets: Bool) { self.forgets = forgets }

        /// Those for the next run.
        mutating func next() async throws -> Books {
            if runs == Self.mostRuns { try await close() }
            runs += 1
            let books = try books ?? Books(forgets: forgets)
            self.books = books
            return books
        }

        /// Looks at what the last runs have left.
        mutating func close() async throws {
            try await books?.check()
            (books, runs) = (nil, 0)
        }
    }

    private func check(
        _ outcome: CrashCourse.Outcome, _ kind: StepKind, _ world: FaultWorld, _ deaths: [Death]
    ) {
        let name: Comment = "\(kind), forgetful: \(world.forgets), \(deaths)"
        let acts = world.acts(of: outcome.record.id, at: kind.path)
        #expect(outcome.record.status == .verified, name)
        #expect(acts >= kind.atLeast, name)
        if kind.step.effect == .once { #expect(acts == 1, name) }
        let isKnown = !kind.mayAsk && outcome.recoveries <= RunState.mostRecoveries
        if isKnown { #expect(outcome.decisions == 0, name) }
        #expect(outcome.recoveries <= RunState.mostRecoveries + 1, name)
        #expect(world.unrecorded.isEmpty, name)
    }

    @Test("killed anywhere, whatever it does: nothing twice, nothing lost, nothing stuck", arguments: [false, true])
    func everyPoint(forgets: Bool) async throws {
        var (trials, reached) = (0, Set<CrashPoint>())
        for kind in StepKind.all {
            var library = Library(forgets: forgets)
            for point in CrashPoint.allCases {
                for count in 1...FaultScale.count(1, full: Self.mostTimes) {
                    let (death, books) = (Death(point: point, count: count), try await library.next())
                    let course = CrashCourse(
                        journal: books.journal, world: books.world, kind: kind, name: "\(kind)/\(death)")
                    let outcome = try await course.run([death])
                    check(outcome, kind, books.world, [death])
                    trials += 1
                    guard outcome.deaths > 0 else { break }
                    reached.insert(point)
                }
            }
            try await library.close()
        }
        // Only an engine that takes a run up looks for what became of an act.
        #expect(reached == Set(CrashPoint.allCases).subtracting([.afterLocate]))
        FaultScale.report(
            "\(trials) deaths at \(reached.count) points, \(StepKind.all.count) kinds of steps, forgetful: \(forgets)")
    }

    @Test("killed while it recovers, up to five times in a row: it converges, or asks", arguments: [false, true])
    func recoveryKilled(forgets: Bool) async throws {
        var (trials, reached) = (0, Set<CrashPoint>())
        let firsts: [CrashPoint] = FaultScale.isFull ? CrashPoint.allCases : [.afterIntentCommit, .afterSpawn]
        let some: Set<String> = ["run, once", "http, once", "wait"]
        for kind in StepKind.all where FaultScale.isFull || some.contains("\(kind)") {
            var library = Library(forgets: forgets)
            for first in firsts {
                for second in CrashPoint.allCases {
                    let deaths = [Death(point: first)] + Array(repeating: Death(point: second), count: 5)
                    let books = try await library.next()
                    let course = CrashCourse(
                        journal: books.journal, world: books.world, kind: kind, name: "\(kind)/\(first)/\(second)")
                    let outcome = try await course.run(deaths)
                    check(outcome, kind, books.world, deaths)
                    trials += 1
                    if outcome.deaths > 1 { reached.insert(second) }
                }
            }
            try await library.close()
        }
        if !forgets { #expect(reached.contains(.afterLocate)) }
        FaultScale.report("\(trials) courses with up to six deaths, forgetful: \(forgets)")
    }
}
