import AuspexDocuments
import AuspexSignals

extension StepReader {
    /// What a check can look at.
    private static let probes = [
        "tcp", "http", "process", "disk", "systemd", "sql", "file", "dns", "certificate",
    ]
    private static let timeoutsOfChecks = TimeSpan(milliseconds: 100)...TimeSpan.minutes(5)
    private static let days: ClosedRange<Int64> = 0...3_650
    private static let longestAge = TimeSpan.hours(24 * 366)

    /// The check under `health`: one, or a `list` of them.
    func healthCheck(_ node: DocumentNode) -> HealthCheckTemplate? {
        var reader = MappingReader(node, named: "'health'", reporting: scope.collector)
        guard reader.has("list") else { return healthCheck(&reader) }
        let component = shownText("name", &reader)
        let checks = reader.list("list").map { healthChecks($0, at: reader.location(of: "list")) } ?? []
        reader.finish()
        // Each check has a time of its own, and all of them together that of the step.
        return HealthCheckTemplate(
            component: component ?? Template(literal: "all"), probe: .list(checks),
            timeout: Self.timeouts.upperBound, slowAfter: nil)
    }

    /// The checks of a list.
    func healthChecks(_ nodes: [DocumentNode], at location: SourceLocation) -> [HealthCheckTemplate] {
        if nodes.isEmpty { scope.collector.report(location, "there is no check in the list, so nothing could be well") }
        if nodes.count > HealthCheck.mostInList {
            scope.collector.report(location, "\(nodes.count) checks; a list may have \(HealthCheck.mostInList)")
        }
        return nodes.compactMap { node in
            var reader = MappingReader(node, named: "a check", reporting: scope.collector)
            return healthCheck(&reader)
        }
    }

    private func healthCheck(_ reader: inout MappingReader) -> HealthCheckTemplate? {
        let component = shownText("name", &reader)
        let timeout = reader.optionalDuration("timeout", in: Self.timeoutsOfChecks)
        let slowAfter = reader.optionalDuration("slow_after", in: .zero...Self.timeoutsOfChecks.upperBound)
        let written = Self.probes.filter(reader.has)
        let names = Self.probes.map { "'\($0)'" }.joined(separator: ", ")
        if written.count != 1 {
            let problem = written.isEmpty ? "looks at nothing" : "looks at \(written.joined(separator: " and "))"
            scope.collector.report(reader.location, "\(reader.name) \(problem); give it exactly one of \(names)")
        }
        let probe = written.first.flatMap { kind in
            reader.node(kind).flatMap { self.probe(kind, $0) }
        }
        for kind in written.dropFirst() { _ = reader.optionalNode(kind) }
        reader.finish()
        return probe.map {
            HealthCheckTemplate(
                component: component, probe: $0, timeout: timeout ?? HealthCheck.defaultTimeout, slowAfter: slowAfter)
        }
    }

    private func probe(_ kind: String, _ node: DocumentNode) -> HealthCheckTemplate.Probe? {
        if kind == "http" { return page(node) }
        var reader = MappingReader(node, named: "'\(kind)'", reporting: scope.collector)
        defer { reader.finish() }
        switch kind {
        case "tcp": return endpoint(&reader).map(HealthCheckTemplate.Probe.tcp)
        case "process": return process(&reader)
        case "disk": return disk(&reader)
        case "systemd": return neededText("unit", &reader).map(HealthCheckTemplate.Probe.systemd)
        case "sql": return query(&reader)
        case "file":
            let maxAge = reader.optionalDuration("max_age", in: .seconds(1)...Self.longestAge)
            return neededText("path", &reader).map { .file(path: $0, maxAge: maxAge) }
        case "dns":
            let addresses = (reader.optionalList("addresses") ?? []).compactMap { node in
                node.text.flatMap { scope.openTemplate($0, at: node) }
            }
            return neededText("name", &reader).map { .dns(name: $0, addresses: addresses) }
        default: return certificate(&reader)
        }
    }

    // MARK: - Kinds

    private func endpoint(_ reader: inout MappingReader) -> HealthCheckTemplate.EndpointTemplate? {
        let host = neededText("host", &reader)
        let port = neededText("port", &reader)
        if let port, port.parameters.isEmpty, HealthCheck.port(port.filled { $0 }) == nil {
            reader.report("port", "'port' must be a number from 1 to 65535")
        }
        guard let host, let port else { return nil }
        return HealthCheckTemplate.EndpointTemplate(host: host, port: port)
    }

    /// `http`: `url`, `expect_status` and `contains`; GET unless `method` says HEAD.
    private func page(_ node: DocumentNode) -> HealthCheckTemplate.Probe? {
        var reader = MappingReader(node, named: "'http'", reporting: scope.collector)
        let method = reader.optionalString("method") ?? "GET"
        if !["GET", "HEAD"].contains(method) {
            reader.report("method", "'method' of a check must be GET or HEAD, not '\(method)'; a check changes nothing")
        }
        let url = reader.node("url").flatMap { self.url($0) }
        let headers = headers(&reader)
        let statuses = expectedStatuses(&reader)
        let contains = shownText("contains", &reader)
        if contains != nil, method == "HEAD" { reader.report("contains", "the answer to HEAD has no body") }
        reader.finish()
        guard let url else { return nil }
        let request = RequestTemplate(
            method: method, origin: url.origin, path: url.path, headers: headers, body: nil,
            expectedStatuses: statuses ?? [])
        return .http(request, contains: contains)
    }

    private func process(_ reader: inout MappingReader) -> HealthCheckTemplate.Probe? {
        let (name, file) = (shownText("name", &reader), shownText("pid_file", &reader))
        if !reader.has("name"), !reader.has("pid_file") {
            scope.collector.report(reader.location, "'process' needs 'name', 'pid_file' or both")
        }
        return .process(name: name, pidFile: file)
    }

    private func disk(_ reader: inout MappingReader) -> HealthCheckTemplate.Probe? {
        var limits = HealthCheck.DiskLimits()
        limits.minFreeRatio = reader.optionalDouble("min_free_ratio", in: 0...1)
        limits.minFreeBytes = byteCount("min_free_bytes", in: 0...Int64.max, &reader)
        limits.minFreeInodesRatio = reader.optionalDouble("min_free_inodes_ratio", in: 0...1)
        limits.warnFreeRatio = reader.optionalDouble("warn_free_ratio", in: 0...1)
        let bounds = ["min_free_ratio", "min_free_bytes", "min_free_inodes_ratio"]
        if !bounds.contains(where: reader.has) {
            let names = bounds.map { "'\($0)'" }.joined(separator: ", ")
            scope.collector.report(reader.location, "'disk' needs at least one of \(names)")
        }
        if let least = limits.minFreeRatio, let warn = limits.warnFreeRatio, warn <= least {
            reader.report("warn_free_ratio", "'warn_free_ratio' must be more than 'min_free_ratio'")
        }
        return neededText("path", &reader).map { .disk(path: $0, limits) }
    }

    private func query(_ reader: inout MappingReader) -> HealthCheckTemplate.Probe? {
        let command = reader.node("run").flatMap { self.command($0) }
        let answer = HealthCheck.Answer(
            equals: reader.optionalString("equals"), atLeast: reader.optionalDouble("at_least"),
            atMost: reader.optionalDouble("at_most"))
        return command.map { .sql($0, answer) }
    }

    private func certificate(_ reader: inout MappingReader) -> HealthCheckTemplate.Probe? {
        let endpoint = endpoint(&reader)
        let name = shownText("server_name", &reader)
        let minDays = reader.int("min_days", in: Self.days)
        let warnDays = reader.optionalInt("warn_days", in: Self.days)
        if let minDays, let warnDays, warnDays <= minDays {
            reader.report("warn_days", "'warn_days' must be more than 'min_days'")
        }
        guard let endpoint, let minDays else { return nil }
        return .certificate(endpoint, serverName: name, minDays: minDays, warnDays: warnDays)
    }

    // MARK: - Values

    /// A text that stands in messages, so that no secret may be in it; nil when missing.
    func shownText(_ key: String, _ reader: inout MappingReader) -> Template? {
        reader.optionalTextNode(key).flatMap { scope.openTemplate($0.text, at: $0.node) }
    }

    private func neededText(_ key: String, _ reader: inout MappingReader) -> Template? {
        reader.textNode(key).flatMap { scope.openTemplate($0.text, at: $0.node) }
    }

    /// A number of bytes, alone or with a unit; nil when missing.
    func byteCount(_ key: String, in range: ClosedRange<Int64>, _ reader: inout MappingReader) -> Int64? {
        guard let (_, text) = reader.optionalTextNode(key) else { return nil }
        guard let count = ByteCount.parse(text) else {
            reader.report(key, "'\(key)' must be a number of bytes such as 65536, 512KB or 5MB, not '\(text)'")
            return nil
        }
        guard range.contains(count) else {
            reader.report(key, "'\(key)' must be from \(range.lowerBound) to \(range.upperBound) bytes, not \(text)")
            return nil
        }
        return count
    }
}
