import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// The safety defaults that are guards, each by itself.
@Suite("Safety defaults") struct SafetyDefaultsTests {
    private let ruleModes: [RunMode] = [.auto, .approve]

    @Test("3: a run is not started when its runbook has as many at work, or had as many this hour, as it allows")
    func runbookLimits() throws {
        var site = GuardSite()
        let other = RunSamples.plan(locks: ["other"])
        site.plan.limits = RunbookLimits(mostAtOnce: 1, mostPerHour: 2)
        site.facts.open = [try site.active("r1", plan: other)]
        #expect(site.blocked(.auto) == "runbook_at_once")
        #expect(site.blocked(.manual) == "runbook_at_once")
        site.facts.open = []
        site.facts.recent = ["r1", "r2"].map { site.record($0, ago: .minutes(59), plan: other) }
        #expect(site.blocked(.auto) == "runbook_per_hour")
        #expect(site.blocked(.manual) == nil)
        site.facts.recent.removeLast()
        #expect(site.blocked(.auto) == nil)
    }

    @Test("3: while an open run cannot be read, nobody knows what it works on, and only people start others")
    func unreadableRun() {
        var site = GuardSite()
        func unreadable(isOpen: Bool) -> RunRecord {
            RunRecord(
                of: RunRecord.Remains(
                    id: "r1", triggerKey: "t", runbook: "other", requestedBy: "rule/up", isShadow: false,
                    isOpen: isOpen,
                    createdAt: site.now - .hours(2), revision: 3), because: "it is torn")
        }
        site.facts.open = [unreadable(isOpen: true)]
        for mode in ruleModes { #expect(site.blocked(mode) == "cannot_tell") }
        #expect(site.blocked(.manual) == nil)
        #expect(site.blocked(.approve, .approval) == nil)
        site.facts.open = [unreadable(isOpen: false)]
        #expect(site.blocked(.auto) == nil)
    }

    @Test("3: a runbook can have its targets left alone for longer than all do, never for less")
    func runbookCoolDown() {
        var site = GuardSite()
        site.facts.recent = [site.record("r1", ago: .minutes(90))]
        #expect(site.blocked(.auto) == nil)
        site.plan.limits = RunbookLimits(coolDown: .hours(2))
        #expect(site.blocked(.auto) == "cooling_down")
        #expect(site.guards.horizon(site.plan) == .hours(2))
        site.facts.recent = [site.record("r1", ago: .minutes(10))]
        site.plan.limits = RunbookLimits(coolDown: .zero)
        #expect(site.blocked(.auto) == "cooling_down")
    }

    @Test("5: in a storm nothing is started by itself, and what was started does not begin to change anything")
    func storm() {
        var site = GuardSite()
        site.world?.isStorm = true
        #expect(site.proposed() == "storm")
        #expect(site.blocked(.auto, .firstChange) == "storm")
        #expect(site.answer(.approve) == .go)
        #expect(site.answer(.approve, .firstChange) == .go)
        #expect(site.answer(.manual) == .go)
    }

    @Test("6: after two failures in a day a runbook only proposes, until it is reset")
    func breaker() throws {
        var site = GuardSite()
        let runs = try [TimeSpan.hours(23), .hours(1)].enumerated().map {
            try site.ended("r\($0.offset)", ago: $0.element, failed: true)
        }
        #expect(runs.allSatisfy { $0.status == .failed })
        let breaker = try #require(site.guards.breaker(of: runs, resetAt: nil, now: site.now))
        #expect(breaker.run == "r1" && breaker.runbook == "sample")
        site.facts.breaker = breaker
        #expect(site.proposed() == "breaker_open")
        #expect(site.answer(.approve) == .go)
        #expect(site.blocked(.auto, .firstChange) == "breaker_open")

        #expect(site.guards.breaker(of: [runs[1]], resetAt: nil, now: site.now) == nil)
        #expect(site.guards.breaker(of: runs, resetAt: site.now - .hours(2), now: site.now) == nil)
        #expect(site.guards.breaker(of: runs, resetAt: nil, now: site.now + .hours(1)) == nil)
        let well = try (1...9).map { try site.ended("w\($0)", ago: .hours(1), failed: false) }
        #expect(site.guards.breaker(of: well + [runs[0]], resetAt: nil, now: site.now) == nil)
    }

    @Test("7: what was remedied three times within a week for the same rule is a case for people")
    func recurrence() throws {
        var site = GuardSite()
        let days = [1, 3, 6].map { TimeSpan.hours(24 * $0) }
        site.facts.ofAsker = try days.map { try site.ended("r\($0)", ago: $0, failed: false) }
        for mode in ruleModes { #expect(site.blocked(mode) == "recurring") }
        #expect(site.answer(.manual) == .go)
        let all = site.facts.ofAsker
        site.facts.ofAsker.removeLast()
        #expect(site.answer(.auto) == .go)
        let elsewhere = try site.ended("r9", ago: .hours(5), failed: false, plan: RunSamples.plan(locks: ["other"]))
        site.facts.ofAsker.append(elsewhere)
        #expect(site.answer(.auto) == .go)
        site.facts.ofAsker = all
        site.guards.recurrenceWindow = .hours(24 * 5)
        #expect(site.answer(.auto) == .go)
    }

    @Test("3: a run whose record cannot be read may have worked on any target, so all are left alone for a while")
    func unreadableCoolDown() {
        var site = GuardSite()
        site.facts.recent = [site.unreadable("r1", ago: .minutes(29))]
        for mode in ruleModes { #expect(site.blocked(mode) == "cannot_tell") }
        guard case .block(let block) = site.answer(.auto) else { return }
        #expect("\(block)".contains("run r1 was made within 30m and its record cannot be read"))
        #expect(site.answer(.manual) == .go)
        site.facts.recent = [site.unreadable("r1", ago: .minutes(30))]
        #expect(site.answer(.auto) == .go)
        site.facts.recent = [site.unreadable("r1", ago: .minutes(1), isShadow: true)]
        #expect(site.answer(.auto) == .go)
    }

    @Test("3: runs whose records cannot be read were made all the same, and count towards the hour")
    func unreadableRate() {
        var site = GuardSite()
        site.guards.mostPerHour = 2
        site.facts.recent = [40, 50].map { site.unreadable("r\($0)", ago: .minutes($0)) }
        #expect(site.blocked(.auto) == "too_many_per_hour")
        site.facts.recent.removeLast()
        #expect(site.answer(.auto) == .go)
    }

    @Test("6: a run whose record cannot be read is no success, and counts as a failure")
    func unreadableBreaker() throws {
        let site = GuardSite()
        let runs = [site.unreadable("r1", ago: .hours(3)), site.unreadable("r2", ago: .hours(2))]
        let breaker = try #require(site.guards.breaker(of: runs, resetAt: nil, now: site.now))
        #expect(breaker.run == "r2" && breaker.runbook == "sample")
        #expect(breaker.reason.contains("the record of this run cannot be read: it is damaged"))
        #expect(breaker.reason.hasSuffix("so it counts as failed"))
        #expect(site.guards.breaker(of: [runs[0]], resetAt: nil, now: site.now) == nil)
        #expect(site.guards.breaker(of: runs, resetAt: site.now - .hours(1), now: site.now) == nil)
    }

    @Test("7: a run whose record cannot be read counts as a remedy of every target, also once a person has ended it")
    func unreadableRecurrence() throws {
        var site = GuardSite()
        let ended = RunState.endingUnfit(
            site.unreadable("r3", ago: .hours(30)), .cancelled(reason: "ann: looked at it"), by: "ann",
            now: RunSamples.moment(site.now.milliseconds))
        site.facts.ofAsker = try [
            site.ended("r1", ago: .hours(10), failed: false), site.unreadable("r2", ago: .hours(20)), ended.record,
        ]
        for mode in ruleModes { #expect(site.blocked(mode) == "recurring") }
        site.facts.ofAsker[1] = site.unreadable("r2", ago: .hours(20), isShadow: true)
        #expect(site.answer(.auto) == .go)
    }

    @Test("7: people are told as often as it takes, because to tell them is no remedy")
    func tellingRecurs() throws {
        var site = GuardSite()
        let page = Plan.Step(
            id: "page", action: .operation(.notify(Notification(channel: "page", message: "m"))), effect: .idempotent)
        site.plan = RunSamples.plan(steps: [page])
        site.facts.ofAsker = try (1...4).map {
            try site.ended("r\($0)", ago: .hours(24 * Int64($0)), failed: false, plan: site.plan)
        }
        for mode in ruleModes { #expect(site.answer(mode) == .go) }
    }

    @Test(
        "9: a run without a target is not started, whoever asks",
        arguments: [[], [""], ["service/"], ["service/ "], ["host/h", "service/"]])
    func emptyTarget(locks: [String]) {
        var site = GuardSite()
        site.plan = RunSamples.plan(locks: locks)
        for mode in [RunMode.auto, .approve, .manual] { #expect(site.blocked(mode) == "no_target") }
    }

    @Test("9: a lock that names something is a target", arguments: ["api", "service/api", "disk/h/", "disk/h/var"])
    func target(lock: String) {
        var site = GuardSite()
        site.plan = RunSamples.plan(locks: [lock])
        #expect(site.answer(.auto) == .go)
    }

    @Test("10: a guard that knows nothing blocks the run and says its name")
    func failClosed() {
        var site = GuardSite()
        site.world = nil
        for stage in GuardStage.allCases where stage != .nextTarget {
            #expect(site.blocked(.auto, stage) == "cannot_tell")
        }
        guard case .block(let block) = site.answer(.auto) else { return }
        #expect("\(block)".contains("the guard 'protected' cannot tell: the engine has not started yet"))
        site = GuardSite()
        site.world?.alert = .unknown
        guard case .block(let other) = site.answer(.auto) else {
            Issue.record("an alert of which nothing is known is a reason to act")
            return
        }
        #expect("\(other)".contains("the guard 'stale' cannot tell"))
    }

    @Test("19: in a freeze or a maintenance nothing is started by itself")
    func windows() {
        var site = GuardSite()
        site.world?.windows = ["year-end"]
        #expect(site.proposed() == "frozen")
        #expect(site.blocked(.auto, .firstChange) == "frozen")
        #expect(site.answer(.approve, .firstChange) == .go)
        #expect(site.answer(.manual) == .go)
    }

    @Test("20: a run is not started for an event that is older than fifteen minutes")
    func stale() {
        var site = GuardSite()
        site.firedAgo = .minutes(15)
        #expect(site.answer(.auto) == .go)
        site.firedAgo = .minutes(16)
        for mode in ruleModes { #expect(site.blocked(mode) == "stale") }
        // Who approves says by that that it is still wanted.
        #expect(site.answer(.approve, .approval) == .go)
        #expect(site.answer(.manual) == .go)
    }

    @Test("20: before the first change it is the alert that counts, not how long the run has waited")
    func waited() {
        var site = GuardSite()
        site.firedAgo = .hours(2)
        for mode in ruleModes { #expect(site.answer(mode, .firstChange) == .go) }
        site.world?.alert = .over
        for mode in ruleModes { #expect(site.blocked(mode, .firstChange) == "alert_over") }
        site.world?.alert = .unknown
        for mode in ruleModes { #expect(site.blocked(mode, .firstChange) == "cannot_tell") }
        // Where there is nobody to ask, and where there is no alert, the age is all there is.
        for (hasAlert, view) in [(true, GuardView.absent), (false, .known(GuardWorld()))] {
            let question = GuardQuestion(
                plan: site.plan, mode: .auto, stage: .firstChange, requestedBy: "rule/down", hasAlert: hasAlert,
                since: site.now - site.firedAgo, facts: site.facts, view: view, now: site.now)
            guard case .block(let block) = site.guards.answer(question) else {
                Issue.record("an old reason is one")
                continue
            }
            #expect(block.code == "stale")
        }
    }

    @Test("20: a run is not started, approved or let change anything for an alert that is over")
    func alertOver() {
        var site = GuardSite()
        site.world?.alert = .over
        for stage in GuardStage.allCases where stage != .nextTarget {
            for mode in ruleModes { #expect(site.blocked(mode, stage) == "alert_over") }
        }
        #expect(site.answer(.manual) == .go)
    }

    @Test("21: two runs never work at once on services of which one depends on the other")
    func dependencies() throws {
        var site = GuardSite()
        let other = try site.active("r1", plan: RunSamples.plan(locks: ["service/db"]))
        site.facts.open = [other]
        site.world?.related = [GuardWorld.Relation(run: "r1", service: "api", other: "db")]
        #expect(site.blocked(.auto) == "dependency_busy")
        #expect(site.blocked(.manual) == "dependency_busy")
        // A proposal works on nothing yet.
        #expect(site.answer(.approve) == .go)
        #expect(site.blocked(.approve, .approval) == "dependency_busy")
        // Of two that are let go at once only the younger gives way.
        site.run = site.record("r2", ago: .hours(1))
        #expect(site.blocked(.auto, .firstChange) == "dependency_busy")
        site.run = site.record("r0", ago: .hours(3))
        #expect(site.answer(.auto, .firstChange) == .go)
    }

    @Test(
        "22: what is protected no rule has touched, be it named in a lock or in a label of the alert",
        arguments: ["api", "db1", "DB1", "db1.example.com", "shop"])
    func protected(name: String) {
        var site = GuardSite()
        site.world?.labels = ["service": "shop"]
        site.guards.protected.listed = [name]
        for mode in ruleModes {
            #expect(site.blocked(mode) == "protected")
            #expect(site.blocked(mode, .firstChange) == "protected")
        }
        #expect(site.answer(.manual) == .go)
    }

    /// Plans in which `db1` is named by nothing but a step.
    private static let named: [Plan] = {
        func plan(_ command: Command) -> Plan {
            RunSamples.plan(steps: [Plan.Step(id: "a", action: .operation(.run(command)), effect: .once)])
        }
        let request = Request(method: "POST", url: "https://db1:8080/restart")
        let post = Request(
            method: "POST", url: "https://api.internal/restart?q=1", body: .object(["hosts": .array([.string("db1")])]))
        let keyed = Request(method: "POST", url: "https://api.internal/", body: .object(["db1": .string("restart")]))
        let escaped = Request(method: "POST", url: "https://api.internal/?q=100%&host=%64b1")
        let steps = [request, post, keyed, escaped].map {
            [Plan.Step(id: "a", action: .operation(.http($0)), effect: .idempotent)]
        }
        let act = Command(argv: ["/usr/bin/hostctl", "restart", "db1"])
        let inner = Plan.Step(
            id: "g",
            action: .group(
                Plan.Group(runbook: "inner", parameters: ["host": .string("db1")], steps: [RunSamples.step("a")])),
            effect: .read)
        var undone = RunSamples.step("a")
        undone.undo = [Plan.Step(id: "u", action: .operation(.run(act)), effect: .idempotent)]
        return [
            plan(act), plan(Command(argv: ["/usr/bin/ctl", "--host=db1"])),
            plan(Command(argv: ["/usr/bin/systemctl", "restart", "db1.service"])),
            plan(Command(argv: ["/usr/bin/psql"], environment: ["PGHOST": "db1"])),
            plan(Command(argv: ["/usr/bin/curl", "-d", #"{"host":"db1"}"#])),
            plan(Command(argv: ["/usr/bin/x", "(db1)"])),
            plan(Command(argv: ["/usr/bin/x", "api|'db1'"])), plan(Command(argv: ["/usr/bin/ssh", "db1."])),
            plan(Command(argv: ["/usr/bin/psql"], input: "\\connect \"db1\"\n")),
            RunSamples.plan(steps: steps[0]), RunSamples.plan(steps: steps[1]), RunSamples.plan(steps: steps[2]),
            RunSamples.plan(steps: steps[3]), RunSamples.plan(steps: [inner]),
            RunSamples.plan(steps: [undone]),
            RunSamples.plan(onFailure: [Plan.Step(id: "f", action: .operation(.run(act)), effect: .idempotent)]),
        ]
    }()

    @Test("22: what is protected no rule has touched, wherever in what a step changes it is named", arguments: named)
    func protectedInSteps(plan: Plan) {
        var site = GuardSite()
        site.plan = plan
        #expect(site.answer(.auto) == .go)
        #expect(plan.targetWords.contains("db1"), "so that guards of dependencies know it, too")
        site.guards.protected.listed = ["db1"]
        for mode in ruleModes {
            #expect(site.blocked(mode) == "protected")
            #expect(site.blocked(mode, .firstChange) == "protected")
        }
        #expect(site.answer(.manual) == .go)
    }

    @Test("22: to read from what is protected, or to tell of it, is allowed")
    func readingProtected() {
        var site = GuardSite()
        let look = Plan.Step(
            id: "look", action: .operation(.run(Command(argv: ["/usr/bin/look", "db1"]))), effect: .read)
        let tell = Plan.Step(
            id: "tell", action: .operation(.notify(Notification(channel: "ops", message: "db1"))), effect: .idempotent)
        site.plan = RunSamples.plan(steps: [look, RunSamples.step("act")], always: [tell])
        site.guards.protected.listed = ["db1"]
        #expect(site.answer(.auto) == .go)
    }

    @Test(
        "22: a name that is part of another is not protected by it", arguments: ["ap", "pi", "db", "91", "service-api"])
    func notProtected(name: String) {
        var site = GuardSite()
        site.guards.protected.listed = [name]
        #expect(site.answer(.auto) == .go)
    }

    @Test("22: a protected host is known by its long name and in a parameter")
    func protectedHost() {
        var site = GuardSite()
        site.guards.protected.listed = ["db7"]
        site.plan.parameters = ["instance": .string("db7.example.com:9187")]
        #expect(site.blocked(.auto) == "protected")
        site.plan.parameters = ["instance": .string("[fe80::1]:9187")]
        site.guards.protected.listed = ["fe80::1"]
        #expect(site.blocked(.auto) == "protected")
    }

    @Test("22: nothing is done to the engine's own host and database without a person")
    func ownHost() {
        var site = GuardSite()
        site.guards.protected.own = ["db1"]
        #expect(site.proposed() == "own_host")
        #expect(site.answer(.approve) == .go)
        site.guards.protected = ProtectedTargets(ownDirectories: ["/var/lib/auspex"])
        #expect(site.answer(.auto) == .go)
        for path in ["/var/lib/auspex", "/var/lib/auspex/auspex.sqlite"] {
            site.plan.parameters = ["path": .string(path)]
            #expect(site.proposed() == "own_host")
        }
        site.plan.parameters = ["path": .string("/var/lib/auspex-old")]
        #expect(site.answer(.auto) == .go)
    }

    @Test("an alert that flaps is no reason to act")
    func flapping() {
        var site = GuardSite()
        site.world?.firings = 3
        #expect(site.answer(.auto) == .go)
        site.world?.firings = 4
        for mode in ruleModes { #expect(site.blocked(mode) == "flapping") }
        #expect(site.answer(.manual) == .go)
    }

    @Test("every block has a code of its own, and a text that says so")
    func codes() {
        let breaker = Breaker(runbook: "b", openedAt: Timestamp(milliseconds: 0), reason: "r", run: "r1")
        let moment = Timestamp(milliseconds: 0)
        let blocks: [RunGuards.Block] = [
            .cannotTell(guard: "g", why: "w"), .paused("w"), .noTarget(lock: ""), .protected("h"), .ownHost("h"),
            .stale(age: .hours(1), most: .minutes(15)), .alertOver, .tooManyAtOnce(3),
            .targetBusy(lock: "l", run: "r"), .coolingDown(lock: "l", run: "r", until: moment), .tooManyPerHour(10),
            .tooManyOwnAtOnce(1, requestedBy: "rule"), .tooManyOwnPerHour(1, requestedBy: "rule"),
            .tooManyOfRunbookAtOnce(1, runbook: "b"), .tooManyOfRunbookPerHour(1, runbook: "b"),
            .recurring(lock: "l", times: 3, within: .hours(168)),
            .flapping(times: 4, within: .hours(1)),
            .dependencyBusy(GuardWorld.Relation(run: "r", service: "a", other: "b")), .fleetUnknown("f"),
            .fleetUnhealthy("f", healthy: 1, total: 2, least: 0.7), .fleetBusy("f", most: 1),
            .fleetSettling("f", until: moment), .breakerOpen(breaker), .storm, .frozen(["w"]),
        ]
        #expect(Set(blocks.map(\.code)).count == blocks.count)
        #expect(Set(blocks.map(\.description)).count == blocks.count)
    }
}
