import AuspexSignals

extension Template {
    /// The text as it was written, `${name}` for each parameter.
    var text: String { filled { "${\($0)}" } }
}

extension OperationTemplate {
    /// The act in a line, with the names of its parameters in place of their values.
    var summary: String {
        switch self {
        case .notify(let channel, let message): "tell \(channel): \(message.text)"
        case .run(let command): "run " + command.text
        case .http(let request):
            "\(request.method) \(request.address)" + (request.body.map { " \($0.canonicalText)" } ?? "")
        case .health(let check): "check " + check.summary
        case .collect(let collection):
            "collect \(collection.bundle.text): "
                + (collection.commands.map(\.text) + collection.files.map(\.text)).joined(separator: ", ")
        }
    }
}

extension CommandTemplate {
    /// Its program and arguments as a list.
    fileprivate var text: String {
        JSONValue.array(([executable] + arguments.map(\.text)).map(JSONValue.string)).canonicalText
    }
}

extension RequestTemplate {
    fileprivate var address: String { origin.text + path.text }
}

extension HealthCheckTemplate.EndpointTemplate {
    /// `host:port`.
    var text: String { "\(host.text):\(port.text)" }
}

extension HealthCheckTemplate {
    /// What is checked, in a line.
    fileprivate var summary: String {
        let object =
            switch probe {
            case .tcp(let endpoint): "connection to \(endpoint.text)"
            case .http(let request, contains: _): "\(request.method) \(request.address)"
            case .process(let name, let pidFile): "process \((name ?? pidFile)?.text ?? "")"
            case .disk(let path, _): "disk \(path.text)"
            case .systemd(let unit): "unit \(unit.text)"
            case .sql(let command, _): "answer of \(command.text)"
            case .file(let path, maxAge: _): "file \(path.text)"
            case .dns(let name, addresses: _): "name \(name.text)"
            case .certificate(let endpoint, serverName: _, minDays: _, warnDays: _): "certificate of \(endpoint.text)"
            case .list(let checks): checks.map(\.summary).joined(separator: "; ")
            }
        return component.map { "\($0.text): \(object)" } ?? object
    }
}

extension VerificationTemplate {
    /// The verification with the names of its parameters in place of their values.
    var unfilled: Verification {
        Verification(
            readings: readings.mapValues {
                Verification.Selector(metric: $0.name, labels: $0.labels.mapValues(\.text))
            },
            condition: condition,
            clearAlerts: clearAlerts.map {
                Verification.AlertSelector(rule: $0.rule.text, labels: $0.labels.mapValues(\.text))
            },
            soak: soak, within: within, interval: interval, maxAge: maxAge, calmService: calmService?.text)
    }
}
