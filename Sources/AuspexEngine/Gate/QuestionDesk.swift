import AuspexActions
import AuspexChanges
import AuspexSignals
import AuspexStore
import Logging
import ServiceLifecycle

/// Takes questions of other systems, has them decided, and hands the answers on. What it has taken it works off after a
/// crash too; a reply may arrive twice for that, with the same body.
///
/// An actor because questions and replies are worked on side by side, and each by one at a time.
actor QuestionDesk {
    /// Questions that may be open.
    static let mostQuestions = 10_000
    /// Replies that may wait when news is added that nobody has asked for.
    static let mostReplies = 100_000
    /// Questions that are decided at once.
    static let questionsAtOnce = 8
    /// Replies that are under way to one system at once.
    static let repliesAtOnce = 4
    /// The longest time between two looks at the clock.
    private static let tick = Duration.seconds(1)

    /// Something to do, which nobody else does at the time.
    private enum Job: Sendable {
        case question(String)
        case correction(Verdict)
        case reply(ReplyTicket, ReplyDestination.System)
    }

    let store: any QuestionStore
    let clock: any WallClock
    let metrics: EngineMetrics
    private let sender: any ReplySender
    let plan: AnswerPlan
    let wait: TimeSpan
    let logger: Logger
    let bell = Doorbell()
    var busyQuestions: Set<String> = []
    private var busyLanes: [ReplyDestination.System: Set<String>] = [:]
    /// Verdicts that were overridden while the gate was asked about their questions.
    var corrections: [String: Verdict] = [:]
    /// Until when systems want to be left alone.
    private var holds: [ReplyDestination.System: Timestamp] = [:]
    private let startedAt: Timestamp
    private var countedAt: ContinuousClock.Instant?

    /// Creates a desk.
    ///
    /// - Parameters:
    ///   - store: Where questions and replies are kept.
    ///   - sender: Who sends the replies.
    ///   - plan: Which replies there are.
    ///   - wait: How long an inconclusive verdict is waited over.
    init(
        store: any QuestionStore, sender: any ReplySender, plan: AnswerPlan, wait: TimeSpan, clock: any WallClock,
        metrics: EngineMetrics, logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.plan = plan
        self.wait = wait
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        startedAt = clock.now()
    }

    // MARK: Taking

    /// Takes a question. When this returns it survives a crash.
    ///
    /// - Returns: whether it was news.
    /// - Throws: ``EngineError/deskFull(_:)`` when too many are open.
    func take(_ question: DeploymentQuestion) async throws -> Bool {
        let now = clock.now()
        let asked = AskedQuestion(question, at: now, wait: wait)
        switch try await store.insert(asked, replies: plan.taken(asked, at: now), most: Self.mostQuestions) {
        case .known: return false
        case .full:
            metrics.add(to: .questionsRefused)
            throw EngineError.deskFull(Self.mostQuestions)
        case .taken:
            metrics.add(to: .questions)
            bell.ring()
            return true
        }
    }

    /// Tells those who want to hear of all verdicts of one that no question has led to.
    func announce(_ verdict: Verdict) async throws {
        try await announce(plan.announcements(of: verdict, at: clock.now()))
    }

    /// What those who want to hear of all changes are told of one.
    nonisolated func news(of change: Change) -> [Reply] { plan.announcements(of: change, at: clock.now()) }

    /// Sends news that was stored with what it is about, or counts it as refused.
    func announce(_ news: [Reply], isKept: Bool) {
        guard !news.isEmpty else { return }
        guard isKept else { return metrics.add(news.count, to: .repliesRefused) }
        bell.ring()
    }

    func announce(_ news: [Reply]) async throws {
        guard !news.isEmpty else { return }
        announce(news, isKept: try await store.insert(news, most: Self.mostReplies))
    }

    /// Works on a question now, whatever time was set: asks the gate again if it is open, and sends what has not arrived,
    /// also what was given up.
    ///
    /// - Returns: whether there is such a question.
    func retry(_ id: String) async throws -> Bool {
        guard var asked = try await store.question(id: id) else { return false }
        let now = clock.now()
        // One that is being worked on at the moment needs no reminder.
        if asked.settlement == nil, busyQuestions.insert(id).inserted {
            defer { busyQuestions.remove(id) }
            if let newest = try await store.question(id: id), newest.settlement == nil {
                asked = newest
                asked.nextAt = now
                try await store.save(asked, replies: [])
            }
        }
        for reply in try await store.replies(to: id) where reply.state == .waiting || reply.state == .givenUp {
            reply.destination.system.map { holds[$0] = nil }
            try await reopen(reply, at: now)
        }
        bell.ring()
        return true
    }

    private func reopen(_ reply: Reply, at now: Timestamp) async throws {
        guard let system = reply.destination.system, busyLanes[system, default: []].insert(reply.lane).inserted else {
            return
        }
        defer { busyLanes[system]?.remove(reply.lane) }
        guard var newest = try await store.reply(id: reply.id), newest.state == reply.state else { return }
        newest.reopen(at: now)
        _ = try await store.save(newest, at: now)
    }

    // MARK: Working

    /// Works until the surrounding service group shuts down gracefully; what is under way then is finished.
    func run(by decider: some QuestionDecider) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                for job in await claim() {
                    group.addTask { if await self.perform(job, decider) { self.bell.ring() } }
                }
                // Counting looks at all that waits, so that with each question it would cost more the more there are.
                let now = ContinuousClock.now
                if countedAt.map({ now - $0 >= Self.tick }) ?? true {
                    countedAt = now
                    await count()
                }
                await cancelWhenGracefulShutdown { _ = await self.bell.wait(atMost: Self.tick) }
            }
        }
    }

    /// Does all that is due, and what follows from it at once. For tests, which decide what time it is.
    func settle(by decider: some QuestionDecider) async {
        var isMoving = true
        while isMoving {
            let jobs = await claim()
            isMoving = await withTaskGroup(of: Bool.self) { group in
                for job in jobs { group.addTask { await self.perform(job, decider) } }
                var hasMoved = false
                for await isDone in group where isDone { hasMoved = true }
                return hasMoved
            }
        }
        await count()
    }

    /// Takes what is due and nobody works on, as far as hands are free.
    private func claim() async -> [Job] {
        let now = clock.now()
        holds = holds.filter { now < $0.value }
        var jobs: [Job] = []
        for (id, verdict) in corrections where busyQuestions.insert(id).inserted {
            jobs.append(.correction(verdict))
        }
        do {
            for id in try await store.dueQuestions(at: now, limit: Self.questionsAtOnce)
            where busyQuestions.count < Self.questionsAtOnce && busyQuestions.insert(id).inserted {
                jobs.append(.question(id))
            }
            let systems = ReplyDestination.System.allCases.filter { holds[$0] == nil }
            let due = try await store.dueReplies(to: systems, at: now, limit: Self.repliesAtOnce)
            for system in systems {
                for ticket in due[system] ?? []
                where busyLanes[system, default: []].count < Self.repliesAtOnce
                    && busyLanes[system, default: []].insert(ticket.lane).inserted
                {
                    jobs.append(.reply(ticket, system))
                }
            }
        } catch {
            logger.error("due questions cannot be read", metadata: ["reason": "\(error)"])
        }
        return jobs
    }

    /// Does a job and gives it back.
    ///
    /// - Returns: whether it has come to something; if not, it is not done again at once.
    private func perform(_ job: Job, _ decider: some QuestionDecider) async -> Bool {
        do {
            switch job {
            case .question(let id):
                defer { busyQuestions.remove(id) }
                try await answer(id, decider)
            case .correction(let verdict):
                defer { busyQuestions.remove(verdict.id) }
                corrections[verdict.id] = verdict
                if var asked = try await store.question(id: verdict.id) { _ = try await correct(&asked, by: verdict) }
                corrections[verdict.id] = nil
            case .reply(let ticket, let system):
                defer { busyLanes[system]?.remove(ticket.lane) }
                try await send(ticket.id, to: system)
            }
            return true
        } catch is CancellationError {
            return false
        } catch StoreError.corrupt(_, _, let reason) {
            return await discard(job, because: reason)
        } catch {
            logger.error("a question cannot be worked on", metadata: ["job": "\(job)", "reason": "\(error)"])
            return false
        }
    }

    /// Puts aside what cannot be read: it would be the first in its line for ever.
    private func discard(_ job: Job, because reason: String) async -> Bool {
        logger.error("a record cannot be read and is put aside", metadata: ["job": "\(job)", "reason": "\(reason)"])
        do {
            switch job {
            case .question(let id): try await store.discardQuestion(id, because: reason, at: clock.now())
            case .correction(let verdict):
                corrections[verdict.id] = nil
                try await store.discardQuestion(verdict.id, because: reason, at: clock.now())
            case .reply(let ticket, _): try await store.discardReply(ticket.id, because: reason, at: clock.now())
            }
            return true
        } catch {
            logger.error("a record cannot be put aside", metadata: ["job": "\(job)", "reason": "\(error)"])
            return false
        }
    }

    /// Asks the gate and keeps what it says. Read again first: it may have been answered since it was seen to be due.
    private func answer(_ id: String, _ decider: some QuestionDecider) async throws {
        guard var asked = try await store.question(id: id), asked.settlement == nil, asked.nextAt <= clock.now() else {
            return
        }
        let verdict = try await verdict(on: asked.question, decider)
        let now = clock.now()
        asked.attempts += 1
        // A dry run stops nobody, so nobody is to wait for it either.
        if verdict.verdict == .inconclusive, !verdict.dryRun {
            let obstacle = verdict.missing.joined(separator: "; ")
            let isNews = asked.isNews(obstacle)
            // Before a restart lies a gap in what is known; a question that was open then waits for new samples.
            let patience = asked.askedAt < startedAt ? startedAt + verdict.policy.healthMaxAge : nil
            if asked.wait(for: obstacle, atLeastUntil: patience, at: now) {
                let replies = plan.waiting(&asked, verdict, isNews: isNews, at: now)
                return try await store.save(asked, replies: replies)
            }
        }
        asked.settlement = AskedQuestion.Settlement(verdict, at: now)
        try await store.save(asked, replies: try await answers(to: asked, verdict, at: now).able)
        metrics.add(to: .questionsAnswered)
    }

    private func verdict(on question: DeploymentQuestion, _ decider: some QuestionDecider) async throws -> Verdict {
        do {
            return try await decider.decide(question)
        } catch let error as CancellationError {
            throw error
        } catch let error as EngineError {
            return try await decider.undecided(question, because: error.description)
        } catch {
            // Others read the reason, whom the insides of this machine do not concern.
            logger.error("the gate cannot decide", metadata: ["question": "\(question.id)", "reason": "\(error)"])
            return try await decider.undecided(question, because: "internal error")
        }
    }

    /// Sends a reply and keeps what has become of it. Read again first: it may have been sent since it was seen to be due.
    private func send(_ id: String, to system: ReplyDestination.System) async throws {
        let start = clock.now()
        guard var reply = try await store.reply(id: id), reply.state == .waiting, reply.nextAt <= start else { return }
        if try await isOutdated(reply, at: start) { return }
        guard start <= reply.deadline else {
            reply.expire()
            return try await keep(reply, at: start)
        }
        let outgoing = OutgoingReply(
            id: reply.id, destination: reply.destination, body: reply.body,
            remoteID: try await store.remoteID(inLane: reply.lane))
        let outcome = await sender.send(outgoing, at: clock.now())
        let now = clock.now()
        switch outcome {
        case .sent(let remoteID):
            reply.arrive(as: remoteID)
            metrics.add(to: .repliesSent)
        case .failed(let reason, let pause):
            // Cut off with the engine: the next one sends it.
            try Task.checkCancellation()
            reply.fail(reason, retryAfter: pause, at: now)
            if let pause { holds[system] = max(holds[system] ?? now, now + pause) }
            metrics.add(to: .replyAttemptsFailed)
        case .refused(let reason): reply.refuse(reason)
        }
        try await keep(reply, at: now)
    }

    private func keep(_ reply: Reply, at now: Timestamp) async throws {
        let kept = try await store.save(reply, at: now)
        guard kept.state == .givenUp else { return }
        metrics.add(to: .repliesGivenUp)
        logger.error("a reply is given up", metadata: ["reply": "\(kept.id)", "reason": "\(kept.lastError ?? "")"])
    }

    private func count() async {
        guard let (questions, replies) = try? await store.counts() else { return }
        metrics.set(.questionsOpen, to: Double(questions))
        metrics.set(.repliesWaiting, to: Double(replies))
    }
}
