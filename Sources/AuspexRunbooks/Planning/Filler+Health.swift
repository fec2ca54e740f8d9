import AuspexSignals

extension Filler {
    /// The check with its values; what cannot be checked with them is reported.
    mutating func healthCheck(_ template: HealthCheckTemplate, in step: String) -> HealthCheck {
        let probe = probe(template.probe, in: step)
        return HealthCheck(
            component: template.component.map { text($0) } ?? probe.title, probe: probe, timeout: template.timeout,
            slowAfter: template.slowAfter)
    }

    private mutating func probe(_ template: HealthCheckTemplate.Probe, in step: String) -> HealthCheck.Probe {
        switch template {
        case .tcp(let endpoint):
            return .tcp(HealthCheck.Endpoint(host: text(endpoint.host), port: port(endpoint.port, in: step)))
        case .http(let request, let contains):
            return .http(
                HealthCheck.Page(request: self.request(request, in: step), contains: contains.map { text($0) }))
        case .process(let name, let file):
            let name = name.map { text($0) }
            return .process(HealthCheck.ProcessTarget(name: name, pidFile: file.map { filePath($0, in: step) }))
        case .disk(let path, let limits):
            return .disk(HealthCheck.Disk(path: filePath(path, in: step), limits: limits))
        case .systemd(let unit): return .systemd(HealthCheck.Unit(unit: self.unit(unit, in: step)))
        case .sql(let command, let answer):
            return .sql(HealthCheck.Query(run: self.command(command, in: step), answer: answer))
        case .file(let path, let maxAge):
            return .file(HealthCheck.File(path: filePath(path, in: step), maxAge: maxAge))
        case .dns(let name, let addresses):
            return .dns(HealthCheck.Name(name: text(name), addresses: addresses.map { text($0) }))
        case .certificate(let endpoint, let name, let minDays, let warnDays):
            let port = port(endpoint.port, in: step)
            return .certificate(
                HealthCheck.Certificate(
                    host: text(endpoint.host), port: port, serverName: name.map { text($0) }, minDays: minDays,
                    warnDays: warnDays))
        case .list(let checks): return .list(checks.map { healthCheck($0, in: step) })
        }
    }

    /// The collection with its values.
    mutating func collection(_ template: EvidenceTemplate, in step: String) -> EvidenceCollection {
        EvidenceCollection(
            commands: template.commands.map { command($0, in: step) },
            files: template.files.map { filePath($0, in: step) },
            maxBytes: template.maxBytes, redaction: template.redaction, patterns: template.patterns,
            bundle: text(template.bundle))
    }

    private mutating func port(_ template: Template, in step: String) -> Int {
        let text = text(template)
        if let port = HealthCheck.port(text) { return port }
        problems.append(.unfit(step: step, what: "port", value: text, form: "a number from 1 to 65535"))
        return 0
    }

    private mutating func unit(_ template: Template, in step: String) -> String {
        let text = text(template)
        if !HealthCheck.isUnit(text) {
            problems.append(.unfit(step: step, what: "unit", value: text, form: "a name such as api.service"))
        }
        return text
    }

    private mutating func filePath(_ template: Template, in step: String) -> String {
        let text = text(template)
        if text != "/", !HealthCheck.isPath(text) {
            let form = "an absolute path without '.' and '..'"
            problems.append(.unfit(step: step, what: "path", value: text, form: form))
        }
        return text
    }
}

extension HealthCheck.Probe {
    /// What is checked, where nobody gave it a name.
    fileprivate var title: String {
        switch self {
        case .tcp(let endpoint): "tcp \(endpoint.host):\(endpoint.port)"
        case .http(let page): "http \(page.request.url)"
        case .process(let target): "process \(target.name ?? target.pidFile ?? "")"
        case .disk(let disk): "disk \(disk.path)"
        case .systemd(let unit): "systemd \(unit.unit)"
        case .sql(let query): "sql by \(query.run.argv.first ?? "")"
        case .file(let file): "file \(file.path)"
        case .dns(let name): "dns \(name.name)"
        case .certificate(let certificate): "certificate \(certificate.host):\(certificate.port)"
        case .list: "all"
        }
    }
}
