package import AuspexRunbooks
package import AuspexSignals

/// Carries health checks out, each within its time. It changes nothing, so there is nothing to find again after a
/// restart.
package struct HealthPerformer: Performer {
    /// Checks of one list under way at once.
    private static let mostAtOnce = 8

    let processes: any Performer
    let requests: any Performer
    let network: NetworkProbes
    let host: HostProbes
    private let clock = ContinuousClock()

    /// Creates a performer.
    ///
    /// - Parameters:
    ///   - processes: Who runs commands.
    ///   - requests: Who sends requests.
    ///   - hosts: The hosts that connections may be made to.
    ///   - clock: Where the time of day comes from, for ages.
    package init(
        processes: any Performer, requests: any Performer, hosts: HostAllowList,
        clock: any WallClock = SystemWallClock()
    ) {
        self.init(
            processes: processes, requests: requests,
            network: NetworkProbes(hosts: hosts, resolver: .system, clock: clock),
            host: HostProbes(clock: clock))
    }

    init(processes: any Performer, requests: any Performer, network: NetworkProbes, host: HostProbes) {
        self.processes = processes
        self.requests = requests
        self.network = network
        self.host = host
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .health(let check) = order.operation else { return .refused("not a health check") }
        let stops = StopRelay()
        let deadline = clock.now + .milliseconds(order.timeout.milliseconds)
        let report = await stops.listen(to: control) { await self.report(check, order, deadline, stops) }
        guard let report, !stops.isStopped else {
            return OperationResult(outcome: .cancelled, reason: "the run was stopped", errorCode: "Stopped")
        }
        return report.operationResult
    }

    /// Nothing is known of a check that an earlier engine may have begun; it is made again.
    package func locate(_ order: OperationOrder) async -> Located { .unknown }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { .lost }

    // MARK: - Checks

    private func report(
        _ check: HealthCheck, _ order: OperationOrder, _ deadline: ContinuousClock.Instant, _ stops: StopRelay
    ) async -> HealthReport {
        guard case .list(let checks) = check.probe else { return await single(check, order, deadline, stops) }
        let parts = await withTaskGroup(of: (Int, HealthReport).self) { group in
            var waiting = checks.enumerated().makeIterator()
            func begin(_ group: inout TaskGroup<(Int, HealthReport)>) {
                guard let (number, part) = waiting.next() else { return }
                var own = order
                own.id.path += "/check-\(number + 1)"
                let partOrder = own
                group.addTask { (number, await self.single(part, partOrder, deadline, stops)) }
            }
            for _ in 0..<Self.mostAtOnce { begin(&group) }
            var reports: [Int: HealthReport] = [:]
            for await (number, report) in group {
                reports[number] = report
                begin(&group)
            }
            return checks.indices.compactMap { reports[$0] }
        }
        return HealthReport(of: parts, component: check.component)
    }

    private func single(
        _ check: HealthCheck, _ order: OperationOrder, _ deadline: ContinuousClock.Instant, _ stops: StopRelay
    ) async -> HealthReport {
        let begun = clock.now
        let limit = min(check.timeout, TimeSpan(begun.duration(to: deadline)))
        guard limit > .zero, !stops.isStopped else {
            return HealthReport(
                status: .unknown, component: check.component, message: "not begun within \(order.timeout)")
        }
        var own = order
        own.timeout = limit
        let partOrder = own
        var finding =
            await within(limit) { await self.finding(check.probe, partOrder, stops) }
            ?? Self.late(check.probe, limit)
        let taken = TimeSpan(begun.duration(to: clock.now))
        if finding.status == .ok, let slow = check.slowAfter, taken > slow {
            finding.status = .warn
            finding.message += "; it took \(taken), more than \(slow)"
        }
        finding.measured["seconds"] = .double(Double(taken.milliseconds) / 1_000)
        return HealthReport(
            status: finding.status, component: check.component, message: finding.message, measured: finding.measured)
    }

    /// What it means that there is no answer in time: of another host or program that it is not well, of this host's
    /// own files and of the name servers that nobody can tell.
    private static func late(_ probe: HealthCheck.Probe, _ limit: TimeSpan) -> Finding {
        switch probe {
        case .tcp, .http, .sql, .certificate: .fail("no answer within \(limit)")
        case .process, .disk, .systemd, .file, .dns, .list: .unknown("no answer within \(limit)")
        }
    }

    private func finding(_ probe: HealthCheck.Probe, _ order: OperationOrder, _ stops: StopRelay) async -> Finding {
        switch probe {
        case .tcp(let endpoint): await network.connection(to: endpoint, within: order.timeout)
        case .certificate(let certificate): await network.certificate(certificate, within: order.timeout)
        case .dns(let name): await network.name(name)
        case .process(let target): await host.process(target)
        case .disk(let disk): await host.disk(disk)
        case .file(let file): await host.file(file)
        case .http(let page): await self.page(page, order, stops)
        case .systemd(let unit): await self.unit(unit, order, stops)
        case .sql(let query): await self.query(query, order, stops)
        case .list: .unknown("a list within a list is not supported")
        }
    }
}

extension TimeSpan {
    /// The whole milliseconds of a duration, saturating.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, isOverflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let largest: Int64 = seconds < 0 ? .min : .max
        self.init(milliseconds: isOverflow ? largest : product + attoseconds / 1_000_000_000_000_000)
    }
}
