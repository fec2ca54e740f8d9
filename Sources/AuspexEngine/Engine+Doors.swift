import AuspexChanges
package import AuspexSignals
package import AuspexStore
import Synchronization

/// What the doors hand in: it is stored before they are answered, as long as there is room.
extension Engine {
    /// Stores a batch for detection. When this returns the batch survives a crash.
    ///
    /// Samples and records whose time lies further ahead of the clock than `detection.max_ahead` are left out: the rules' time follows
    /// the newest sample, so that one sender with a wrong clock would make those of all others late.
    ///
    /// - Parameters:
    ///   - batch: Samples and records.
    ///   - marks: How far their sources have been read with them: kept together with the batch, or not at all.
    /// - Returns: how many samples and records were left out.
    /// - Throws: ``EngineError/backlogFull(messages:bytes:)`` when too much waits already.
    @discardableResult
    package func ingest(_ batch: SignalBatch, marks: SourceMarks = SourceMarks()) async throws -> Int {
        let (sentSamples, sentLogs) = (batch.sampleCount, batch.logs.count)
        let batch = batch.without(laterThan: clock.now() + configuration.detection.mostAhead)
        let (samples, logs) = (sentSamples - batch.sampleCount, sentLogs - batch.logs.count)
        metrics.add(samples, to: .samplesRejected)
        metrics.add(logs, to: .logsRejected)
        guard !batch.series.isEmpty || !batch.logs.isEmpty else {
            if !marks.isEmpty { try await sourceMarks.save(marks) }
            return samples + logs
        }
        do {
            try await accept(.signals(batch), marks: marks)
        } catch let error as EngineError {
            metrics.add(to: .batchesShed)
            throw error
        }
        metrics.add(to: .batches)
        metrics.add(batch.sampleCount, to: .samples)
        metrics.add(batch.logs.count, to: .logs)
        return samples + logs
    }

    /// How far sources have been read, by their names.
    package func marks() async throws -> [String: String] { try await sourceMarks.all() }

    /// Stores a report of a change.
    ///
    /// What it does not tell of its commits is added from what was pushed.
    ///
    /// A failure of a deployment that the gate has stopped is none, and is not kept; see ``isStopped(_:)``.
    ///
    /// - Parameter delivery: the webhook delivery that brought it, to tell a repetition.
    /// - Returns: whether it was news; a repeated delivery is not.
    /// - Throws: ``EngineError/tooFarAhead(_:limit:)``, or ``EngineError/backlogFull(messages:bytes:)``.
    @discardableResult
    package func report(_ change: Change, delivery: String? = nil) async throws -> Bool {
        let limit = configuration.detection.mostAhead
        for time in [change.startedAt, change.endedAt ?? change.startedAt] where time > clock.now() + limit {
            throw EngineError.tooFarAhead(time, limit: limit)
        }
        if try await isStopped(change) { return try await remember(delivery) }
        let change = try await withCommits(change)
        let news = questions.news(of: change)
        let bytes = BusMessage.change(change).approximateBytes
        try reserve(bytes)
        do {
            let kept = try await bus.append(
                reporting: change, delivery: delivery, news: news, most: QuestionDesk.mostReplies)
            guard let kept else {
                release(bytes)
                return false
            }
            arrived(kept.position)
            await questions.announce(news, isKept: kept.isNewsKept)
        } catch {
            release(bytes)
            throw error
        }
        ledger.withLock { $0.take(change) }
        // What else decides an outcome is looked at in time.
        if change.outcome == .failure || change.outcome == .rolledBack { await outcomes.decide(change.id) }
        metrics.add(to: .changes)
        return true
    }

    /// Puts a message on the bus.
    ///
    /// - Parameter audit: what the audit says of it, on disk together with the message or not at all.
    /// - Returns: its position.
    @discardableResult
    func accept(
        _ message: BusMessage, marks: SourceMarks = SourceMarks(), audit: AuditLog.Note? = nil
    ) async throws -> Int64 {
        let bytes = message.approximateBytes
        try reserve(bytes)
        do {
            let position = try await bus.append(message, marks: marks, audit: audit)
            arrived(position)
            return position
        } catch {
            release(bytes)
            throw error
        }
    }

    /// Makes room for a message that is about to be stored.
    private func reserve(_ bytes: Int) throws(EngineError) {
        try progress.withLock { progress throws(EngineError) in
            if let full = fullness(of: progress) { throw full }
            progress.waitingBytes += bytes
        }
    }

    /// Gives back the room for a message that was not stored.
    private func release(_ bytes: Int) {
        progress.withLock { $0.waitingBytes = max(0, $0.waitingBytes - bytes) }
    }

    private func arrived(_ position: Int64) {
        progress.withLock { $0.accepted = max($0.accepted, position) }
    }

    /// Why nothing more can be taken; nil when it can.
    func fullness(of progress: borrowing Progress) -> EngineError? {
        let (messages, bytes) = (Int(progress.accepted - progress.processed), progress.waitingBytes)
        let limits = configuration.detection
        guard messages >= limits.backlogLimit || bytes >= limits.backlogBytes else { return nil }
        return .backlogFull(messages: messages, bytes: bytes)
    }
}

extension SignalBatch {
    /// The batch without the samples and records that are later than `moment`.
    fileprivate func without(laterThan moment: Timestamp) -> SignalBatch {
        let isAhead = series.contains { $0.samples.contains { $0.time > moment } } || logs.contains { $0.time > moment }
        guard isAhead else { return self }
        var batch = self
        batch.logs.removeAll { $0.time > moment }
        for index in batch.series.indices { batch.series[index].samples.removeAll { $0.time > moment } }
        batch.series.removeAll(where: \.samples.isEmpty)
        return batch
    }
}
