import AuspexSignals
import AuspexStore
import Logging
import ServiceLifecycle
import Synchronization

/// The loop that works messages in, saves checkpoints and minds the store.
extension Engine {
    /// From this share of the longest backlog on there is no time for work that can wait.
    private static let busyShare = 0.1

    /// Whether there is time for work that can wait.
    private var hasTime: Bool {
        progress.withLock { progress in
            let limits = configuration.detection
            let messages = Double(progress.accepted - progress.processed)
            return progress.problem == nil && messages < Self.busyShare * Double(limits.backlogLimit)
                && Double(progress.waitingBytes) < Self.busyShare * Double(limits.backlogBytes)
        }
    }

    /// Messages taken from the bus at a time, and about how many bytes of them.
    private static let messagesAtOnce = 256
    private static let bytesAtOnce = 16 << 20
    /// After so many messages a checkpoint is due, however short the time.
    private static let messagesPerCheckpoint = 20_000
    /// After a checkpoint so many times as long as it took passes before the next, so that saving many series takes no more
    /// than about a tenth of the time.
    private static let pauseFactor: Int64 = 10
    /// But not less often than this, whatever the clock says of how long one took.
    private static let longestPause = TimeSpan.minutes(5)
    /// The longest time between two looks at the clock.
    private static let tick = TimeSpan.seconds(1)

    /// Works until the surrounding service group shuts down gracefully, then saves a last checkpoint.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.desk.run() }
            group.addTask { await self.questions.run(by: self) }
            group.addTask { await self.outcomes.run(while: { self.hasTime }) }
            group.addTask { try await self.work() }
            group.addTask { try await self.watchStore() }
            do {
                for try await _ in group {}
            } catch {
                // One part without the other would accept work and never do it: the service ends and is started anew.
                progress.withLock { $0.problem = "\(error)" }
                logger.critical("the engine stops", metadata: ["reason": "\(error)"])
                group.cancelAll()
                throw error
            }
        }
        try store.close()
    }

    /// Ends the engine when another has taken the directory over, and notices when a full disk has room again.
    private func watchStore() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            try await store.check()
            metrics.set(.writesWaiting, to: Double(store.waitingWrites))
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .milliseconds(Self.tick.milliseconds))
            }
        }
    }

    private func work() async throws {
        progress.withLock { $0.problem = nil }
        var savedAt = clock.now()
        var pause = configuration.detection.checkpointEvery
        var sinceCheckpoint = 0
        var tidiedAt: Timestamp?
        var settling = Pacing(share: Self.pauseFactor, longest: Self.tick)
        while !Task.isCancelled {
            for (position, message) in try await nextMessages(within: settling.rest(at: clock.now()) ?? Self.tick) {
                try await pipeline.process(message, at: position, now: clock.now())
                milestone.reach(position)
                sinceCheckpoint += 1
                let bytes = message.approximateBytes
                let waiting = progress.withLock { progress in
                    progress.processed = position
                    // Stored sizes and estimates differ a little; with nothing waiting there is no doubt.
                    let isLast = position == progress.accepted
                    progress.waitingBytes = isLast ? 0 : max(0, progress.waitingBytes - bytes)
                    return progress.accepted - position
                }
                metrics.set(.backlog, to: Double(max(0, waiting)))
            }
            let now = clock.now()
            // What passing time has decided belongs into a checkpoint as much as what messages have.
            let isCaughtUp = progress.withLock { $0.accepted <= $0.processed }
            // Under load incidents follow from many messages at once, not from every few anew.
            let settles = settling.rest(at: now) == nil
            if try await pipeline.tick(now: now, isCaughtUp: isCaughtUp, settles: settles) { sinceCheckpoint += 1 }
            if settles { settling.took(from: now, to: clock.now()) }
            let isDue = now - savedAt >= pause
            if (isDue && sinceCheckpoint > 0) || sinceCheckpoint >= Self.messagesPerCheckpoint {
                try await saveCheckpoint()
                savedAt = clock.now()
                let taken = min(savedAt - now, Self.longestPause).milliseconds
                let least = min(TimeSpan(milliseconds: Self.pauseFactor * taken), Self.longestPause)
                pause = max(configuration.detection.checkpointEvery, least)
                sinceCheckpoint = 0
            }
            if tidiedAt.map({ now - $0 >= .hours(24) }) ?? true {
                tidiedAt = now
                let (store, retention) = (store, configuration.retention)
                _ = try await DiskPatience().persist { try await store.removeRecords(before: now - retention) }
                await pipeline.forgetSilences(expiredBefore: now - configuration.retention)
            }
            if Task.isShuttingDownGracefully { break }
        }
        progress.withLock { $0.problem = "the engine is shutting down" }
        try await saveCheckpoint()
    }

    /// The next messages; none when `wait` has passed or the service shuts down.
    private func nextMessages(within wait: TimeSpan) async throws -> [(position: Int64, message: BusMessage)] {
        let (bus, position) = (bus, progress.withLock(\.processed))
        return try await cancelWhenGracefulShutdown {
            try await bus.next(
                after: position, limit: Self.messagesAtOnce, bytes: Self.bytesAtOnce,
                waiting: .milliseconds(wait.milliseconds))
        }
    }

    private func saveCheckpoint() async throws {
        let removed = await pipeline.removeSilentSeries(since: clock.now() - configuration.detection.seriesSilence)
        let (checkpoint, checkpoints) = (try await pipeline.checkpoint(now: clock.now()), checkpoints)
        try await DiskPatience().persist { try await checkpoints.save(checkpoint, removed: removed) }
        metrics.add(to: .checkpoints)
    }
}
