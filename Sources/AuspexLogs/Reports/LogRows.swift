import AuspexSignals

/// The rows of a ``LogRun``.
enum LogRows {
    /// What all rows of one version of a template have in common: the id and the text, as they stand in the row.
    static func templatePart(_ id: TemplateID, _ text: String, _ format: LogRun.Format) -> [UInt8] {
        var part: [UInt8] = []
        switch format {
        case .csv:
            part.append("\(id),")
            part.appendField(text.printableField)
        case .ndjson, .otel:
            part.append("\"EventId\":\"\(id)\",\"EventTemplate\":")
            part.appendJSON(text)
        }
        return part
    }

    /// A row of a parse run. The list is a JSON array of strings, which Python reads as a list literal as well.
    static func append(
        _ templatePart: [UInt8], _ line: Span<UInt8>, _ parameters: [Range<Int>], row: UInt64,
        _ format: LogRun.Format, to output: inout [UInt8]
    ) {
        let isField = format == .csv
        if isField {
            output.append("\(row),")
            output += templatePart
            output.append(",\"[")
        } else {
            output.append("{\"LineId\":\(row),")
            output += templatePart
            output.append(",\"ParameterList\":[")
        }
        for position in parameters.indices {
            if position > 0 { output.append(", ") }
            output.appendJSON(line, parameters[position], isInField: isField)
        }
        output.append(isField ? "]\"\n" : "]}\n")
    }

    /// A row of a score run: the line, and what reached the alert line with it, the strangest first.
    static func append(
        _ reading: LogReading, _ findings: [Finding], row: UInt64, _ format: LogRun.Format, to output: inout [UInt8]
    ) {
        let time = reading.time?.iso8601
        let severity = reading.severity?.name
        let isNew = reading.isNew ? 1 : 0
        let anomaly = findings.isEmpty ? 0 : 1
        let worst = findings.max { $0.verdict.anomalyScore < $1.verdict.anomalyScore }?.verdict
        let score = reading.rawScore.fourPlaces
        let pValue = worst?.pValue ?? reading.pValue
        let anomalyScore = (worst?.anomalyScore ?? reading.anomalyScore).fourPlaces
        switch format {
        case .csv:
            output.append("\(row),\(time ?? ""),\(severity ?? ""),\(reading.templateID),\(isNew),")
            output.append("\(score),\(pValue),\(anomalyScore),\(anomaly),")
            output.append(findings.map(\.verdict.kind.rawValue).joined(separator: "+") + ",")
            output.appendField(reading.template.printableField)
            output.append(",")
            output.appendField(findings.map(\.text).joined(separator: "; ").printableField)
            output.append("\n")
        case .ndjson, .otel:
            output.append("{\"line\":\(row),\"time\":\(quoted(time)),\"severity\":\(quoted(severity)),")
            output.append("\"event_id\":\"\(reading.templateID)\",\"is_new\":\(isNew),\"score\":\(score),")
            output.append("\"p_value\":\(pValue),\"anomaly_score\":\(anomalyScore),\"anomaly\":\(anomaly),")
            output.append("\"template\":")
            output.appendJSON(reading.template)
            output.append(",\"findings\":[")
            for (position, finding) in findings.enumerated() {
                if position > 0 { output.append(",") }
                append(finding, to: &output)
            }
            output.append("]}\n")
        }
    }

    private static func append(_ finding: Finding, to output: inout [UInt8]) {
        let verdict = finding.verdict
        output.append("{\"kind\":\"\(verdict.kind.rawValue)\",\"anomaly_score\":\(verdict.anomalyScore.fourPlaces),")
        output.append("\"p_value\":\(verdict.pValue),\"observed\":\(verdict.observed),")
        output.append("\"expected\":\(verdict.expected.map { "\($0)" } ?? "null"),\"explanation\":")
        output.appendJSON(finding.text)
        output.append("}")
    }

    /// A verdict with the sentence that names what it is about.
    struct Finding {
        var verdict: LogVerdict
        var text: String
    }

    /// A row of a parse run in OpenTelemetry's terms: a record with its template as attributes.
    static func append(
        _ template: (id: TemplateID, version: UInt32, text: String), _ line: Span<UInt8>, _ anatomy: LineAnatomy,
        _ parameters: [Range<Int>], to output: inout [UInt8]
    ) {
        output.append("{\"timestamp\":\(quoted(anatomy.time?.iso8601)),")
        if let severity = anatomy.severity {
            output.append("\"severity_text\":\"\(severity.name)\",\"severity_number\":\(severity.rawValue),")
        }
        output.append("\"body\":")
        output.appendJSON(line, 0..<line.count, isInField: false)
        output.append(",\"attributes\":{\"log.record.template\":")
        output.appendJSON(template.text)
        output.append(",\"log.record.template.id\":\"\(template.id)\",")
        output.append("\"log.record.template.version\":\(template.version),\"log.record.template.params\":[")
        for position in parameters.indices {
            if position > 0 { output.append(",") }
            output.appendJSON(line, parameters[position], isInField: false)
        }
        output.append("],\"log.record.template.param_types\":[")
        for position in parameters.indices {
            if position > 0 { output.append(",") }
            output.append("\"\(LogParameter.Kind(of: line.extracting(parameters[position])).rawValue)\"")
        }
        output.append("]}}\n")
    }

    /// A text without special characters as JSON, or `null`.
    private static func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
}
