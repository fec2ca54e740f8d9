extension Template {
    /// The text as it was written, `${name}` for each parameter.
    var text: String { filled { "${\($0)}" } }
}

extension OperationTemplate {
    /// The act with the names of its parameters in place of their values.
    var unfilled: Operation {
        switch self {
        case .notify(let channel, let message): .notify(Notification(channel: channel, message: message.text))
        case .run(let command):
            .run(
                Command(
                    argv: [command.executable] + command.arguments.map(\.text), directory: command.directory,
                    environment: command.environment.mapValues(\.text), input: command.input?.text,
                    expectedExits: command.expectedExits))
        case .http(let request):
            .http(
                Request(
                    method: request.method, url: request.origin.text + request.path.text,
                    headers: request.headers.mapValues(\.text), body: request.body,
                    expectedStatuses: request.expectedStatuses))
        }
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
            soak: soak, within: within, interval: interval, maxAge: maxAge)
    }
}
