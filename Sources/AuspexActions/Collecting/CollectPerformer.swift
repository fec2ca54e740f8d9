package import AuspexRunbooks
package import AuspexSignals

/// Puts outputs and files aside before they are gone: what it gets goes redacted into a bundle, and a part that fails
/// does not keep the others from being collected.
package struct CollectPerformer: Performer {
    private let processes: any Performer
    private let files: AllowedFiles
    private let bundles: EvidenceBundles
    private let clock: any WallClock
    private let calls = BlockingCalls()
    private let steady = ContinuousClock()

    /// Creates a performer.
    ///
    /// - Parameters:
    ///   - processes: Who runs commands.
    ///   - directories: The directories that files may be collected from, absolute; none by default.
    ///   - secretFiles: Files that hold secrets, which are never collected, by whatever name.
    ///   - bundles: Where bundles go.
    ///   - clock: Where the time of day comes from.
    package init(
        processes: any Performer, directories: [String] = [], secretFiles: [String] = [],
        bundles: EvidenceBundles, clock: any WallClock = SystemWallClock()
    ) {
        self.processes = processes
        files = AllowedFiles(
            directories: directories.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 },
            secretFiles: secretFiles)
        self.bundles = bundles
        self.clock = clock
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .collect(let collection) = order.operation else { return .refused("not a collection") }
        let packer: EvidencePacker
        do {
            packer = EvidencePacker(
                redactor: try Redactor(collection.redaction, patterns: collection.patterns),
                mask: SecretMask(order.hidden?.values ?? []), bytes: Int(collection.maxBytes),
                parts: collection.commands.count + collection.files.count)
        } catch {
            return .refused("a pattern is \(error)")
        }
        let stops = StopRelay()
        let collected = await stops.listen(to: control) { await self.collect(collection, order, packer, stops) }
        return collected ?? OperationResult(outcome: .cancelled, reason: "the engine stops", errorCode: "Stopped")
    }

    /// Nothing is known of what an earlier engine may have begun to collect; it is collected again.
    package func locate(_ order: OperationOrder) async -> Located { .unknown }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { .lost }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        bundles.tidy(keeping: open, before: time)
    }

    // MARK: - Collecting

    private func collect(
        _ collection: EvidenceCollection, _ order: OperationOrder, _ packer: EvidencePacker, _ stops: StopRelay
    ) async -> OperationResult {
        let deadline = steady.now + .milliseconds(order.timeout.milliseconds)
        // What there is time for; nil when there is none, or the run was stopped.
        func left() -> TimeSpan? {
            let span = TimeSpan(steady.now.duration(to: deadline))
            return span > .zero && !stops.isStopped && !Task.isCancelled ? span : nil
        }
        var packer = packer
        for (number, command) in collection.commands.enumerated() {
            guard let limit = left() else {
                packer.leaveOut(command)
                continue
            }
            var own = order
            own.id.path += "/command-\(number + 1)"
            own.operation = .run(command.keeping(packer.share))
            own.effect = .read
            own.timeout = limit
            let part = own
            packer.add(command, await stops.part { await processes.perform(part, $0) })
        }
        for path in collection.files {
            guard let limit = left() else {
                packer.leaveOut(path)
                continue
            }
            packer.add(path, await contents(of: path, packer.share, within: limit))
        }
        return write(packer, collection, order, stops)
    }

    private func contents(
        of path: String, _ share: Int, within limit: TimeSpan
    ) async -> Result<AllowedFiles.Contents, AllowedFiles.Refusal> {
        let (files, calls) = (files, calls)
        let contents = await within(limit) {
            await calls.run { () -> Result<AllowedFiles.Contents, AllowedFiles.Refusal> in
                do throws(AllowedFiles.Refusal) {
                    return .success(try files.contents(of: path, limit: share))
                } catch {
                    return .failure(error)
                }
            }
        }
        return (contents ?? nil) ?? .failure(AllowedFiles.Refusal(description: "could not be read within \(limit)"))
    }

    private func write(
        _ packer: EvidencePacker, _ collection: EvidenceCollection, _ order: OperationOrder, _ stops: StopRelay
    ) -> OperationResult {
        let manifest = EvidenceManifest(
            version: EvidenceManifest.currentVersion, bundle: packer.shown(collection.bundle),
            run: order.id.run, step: order.id.path, collectedAt: clock.now().iso8601,
            redaction: collection.redaction.rawValue, parts: packer.files.map(\.part))
        let directory: String
        do throws(EvidenceBundles.Problem) {
            directory = try bundles.save(manifest, packer.files)
        } catch {
            return OperationResult(outcome: .failed, reason: "no bundle: \(error)", errorCode: "NotWritten")
        }
        let failed = packer.failures
        let answer: [String: JSONValue] = [
            "bundle": .string(manifest.bundle), "directory": .string(directory),
            "collected": .int(Int64(packer.count - failed.count)), "failed": .array(failed.map(JSONValue.string)),
            "bytes": .int(Int64(packer.files.map(\.bytes.count).reduce(0, +))),
        ]
        var result = OperationResult(
            outcome: .succeeded, output: CapturedText(head: JSONValue.object(answer).canonicalText))
        if stops.isStopped {
            (result.outcome, result.reason, result.errorCode) = (.cancelled, "the run was stopped", "Stopped")
        } else if failed.count == packer.count {
            result.outcome = .failed
            result.reason = "nothing could be collected: \(failed.first ?? "")"
            result.errorCode = "NothingCollected"
        }
        return result
    }
}

extension Command {
    /// The command with as much of its outputs kept as a bundle has room for: what is over, the packer cuts.
    fileprivate func keeping(_ bytes: Int) -> Command {
        var command = self
        var confinement = self.confinement ?? Confinement()
        confinement.maxOutput = max(2 * Int64(ProcessConfiguration.keptBytes), Int64(bytes))
        command.confinement = confinement
        return command
    }
}
