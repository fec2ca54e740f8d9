import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Synchronization
import Testing

/// What is looked at again after a run was let go, before it changes anything.
@Suite("The gate before an act", .timeLimit(.minutes(2))) struct RunGateTests {
    private let reading = RunSamples.step("look", effect: .read)
    private let change = RunSamples.step("act")

    /// A performer whose step `look` changes the world before it ends.
    private func performer(_ body: @escaping @Sendable () async -> Void) -> ScriptedPerformer {
        ScriptedPerformer { order, _ in
            if order.id.path == "steps/look" { await body() }
            return OperationResult(outcome: .succeeded, status: 0)
        }
    }

    @Test("11, 20: an alert that is over when the first change is due cancels the run, and says so")
    func alertOver() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(performer { holder.withLock { $0 }?.world?.alert = .over })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await site.run("t1", steps: [reading, change])
            let ended = try await site.wait(for: run, .cancelled)
            #expect(site.performer.acts.map(\.id.path) == ["steps/look"])
            #expect(ended.blockedBy == "alert_over")
            #expect(ended.firstChangeAt == nil)
            let entries = await site.audit("run.guarded")
            #expect(entries.map { $0["code"]?.string } == ["alert_over"])
            #expect(entries.first?["path"]?.string == "steps/act")
        }
    }

    @Test(
        "20: a run that waits long before its first change makes it as long as its alert fires",
        arguments: [true, false])
    func longWait(firesOn: Bool) async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(performer { if !firesOn { holder.withLock { $0 }?.world?.alert = .over } })
        holder.withLock { $0 = site.world }
        // The clock moves by all of it at once.
        let pause = Plan.Step(id: "rest", action: .pause(.length(.minutes(20))), effect: .read)
        try await site.atWork {
            let run = try await site.run("t1", steps: [reading, pause, change])
            let ended = try await site.wait(for: run, firesOn ? .verified : .cancelled)
            #expect(ended.blockedBy == (firesOn ? nil : "alert_over"))
            #expect(site.performer.acts.map(\.id.path) == ["steps/look"] + (firesOn ? ["steps/act"] : []))
            if !firesOn { #expect(ended.ending?.reason?.contains("does not fire any more") == true) }
        }
    }

    @Test("11: a storm that begins while a run looks around keeps it from its change")
    func storm() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(performer { holder.withLock { $0 }?.world?.isStorm = true })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await site.run("t1", steps: [reading, change])
            #expect(try await site.wait(for: run, .cancelled).blockedBy == "storm")
            // A run that was begun in a storm is proposed.
            let next = try await site.run("t2", lock: "service/shop")
            #expect(next.mode == .approve)
            let created = await site.audit("run.created")
            #expect(created.last?["held_back"]?["code"]?.string == "storm")
        }
    }

    @Test("once it has begun to change something, a run is seen through")
    func seenThrough() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if order.id.path == "steps/a" { holder.withLock { $0 }?.world?.isStorm = true }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await site.run("t1", steps: ["a", "b"].map { RunSamples.step($0) })
            try await site.wait(for: run, .verified)
            #expect(site.performer.acts.count == 2)
        }
    }

    @Test("10: a world that nobody knows blocks rules, before a run and before its change, and people too")
    func failClosed() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(performer { holder.withLock { $0 }?.world = nil })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await site.run("t1", steps: [reading, change])
            #expect(try await site.wait(for: run, .cancelled).blockedBy == "cannot_tell")
            guard case .blocked(.cannotTell) = try await site.submit("t2", lock: "other") else {
                Issue.record("a run was started in an unknown world")
                return
            }
        }
    }

    @Test("11: the guards are asked again when a run is approved, and before its change")
    func approval() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(performer { holder.withLock { $0 }?.world?.alert = .over })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await site.run("t1", mode: .approve, steps: [reading, change])
            try await site.wait(for: run, .awaitingApproval)
            site.world.world?.alert = .over
            await #expect(throws: RunCommandError.blocked(.alertOver)) {
                try await site.supervisor.approve(run.id, planHash: run.planHash, by: "ann")
            }
            site.world.world?.alert = .firing
            try await site.supervisor.approve(run.id, planHash: run.planHash, by: "ann")
            #expect(try await site.wait(for: run, .cancelled).blockedBy == "alert_over")
        }
    }

    @Test("2: a pause by hand holds the very next step, and its end lets it go", arguments: [true, false])
    func pauseByHand(isChange: Bool) async throws {
        let folder = try TestSite()
        let file = PauseFile(path: folder.path + "/paused")
        let site = GateSite(
            performer { _ = FileManager.default.createFile(atPath: file.path, contents: Data("too hot".utf8)) },
            pauseFile: file)
        try await site.atWork {
            let next = RunSamples.step("act", effect: isChange ? .once : .read)
            let run = try await site.run("t1", steps: [reading, next])
            try await TestSite.wait { await !site.audit("runs.paused").isEmpty }
            let entry = try #require(await site.audit("runs.paused").first)
            #expect(entry["why"]?.string == "too hot")
            #expect(entry["by"]?.string == "the file, of uid \(getuid())")
            #expect(site.performer.acts.map(\.id.path) == ["steps/look"])
            try FileManager.default.removeItem(atPath: file.path)
            try await site.wait(for: run, .verified)
            #expect(site.performer.acts.map(\.id.path) == ["steps/look", "steps/act"])
            #expect(await site.audit("runs.unpaused").count == 1)
        }
    }

    @Test("2: a pause through an interface holds the next step, in whichever step it comes", arguments: 0..<4)
    func pauseAtStep(number: Int) async throws {
        let holder = Mutex<RunSupervisor?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if order.id.path == "steps/s\(number)", let supervisor = holder.withLock({ $0 }) {
                    try? await supervisor.pause(by: "ann", why: "step \(number)")
                }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.supervisor }
        try await site.atWork {
            let run = try await site.run("t1", steps: (0..<5).map { RunSamples.step("s\($0)") })
            try await TestSite.wait {
                await site.journal.run(run.id)?.lastAttempt(at: "steps/s\(number)")?.state == .done
            }
            #expect(site.performer.acts.count == number + 1)
            let entry = try #require(await site.audit("runs.paused").first)
            #expect(entry["by"]?.string == "ann" && entry["why"]?.string == "step \(number)")
            try await site.supervisor.unpause(by: "bob")
            try await site.wait(for: run, .verified)
            #expect(await site.audit("runs.unpaused").first?["by"]?.string == "bob")
        }
    }

    @Test("2: a run that waits at the gate because of a pause can be cancelled")
    func cancelWhilePaused() async throws {
        let folder = try TestSite()
        let file = PauseFile(path: folder.path + "/paused")
        let site = GateSite(
            performer { _ = FileManager.default.createFile(atPath: file.path, contents: Data()) }, pauseFile: file)
        try await site.atWork {
            let run = try await site.run("t1", steps: [reading, change])
            try await TestSite.wait { await !site.audit("runs.paused").isEmpty }
            try await site.supervisor.cancel(run.id, by: "ann", reason: "enough")
            try await site.wait(for: run, .cancelled)
            #expect(site.performer.acts.map(\.id.path) == ["steps/look"])
        }
    }
}
