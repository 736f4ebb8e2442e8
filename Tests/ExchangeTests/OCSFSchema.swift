import Foundation
import StageKit

/// What a release of the OCSF schema demands of a class of events.
struct OCSFSchema: Decodable {
  struct Shape: Decodable {
    let attributes: [String: Attribute]
    let atLeastOne: [String]?

    enum CodingKeys: String, CodingKey {
      case attributes
      case atLeastOne = "at_least_one"
    }
  }

  struct Attribute: Decodable {
    let type: String?
    let object: String?
    let required: Bool?
    let array: Bool?
    let `enum`: [Int]?
    let deprecated: String?
  }

  let version: String
  let classes: [String: Shape]
  let objects: [String: Shape]

  init() throws {
    let bytes = try FileBytes.read(Samples.fixtures + "ocsf-1.5.0.json")
    self = try JSONDecoder().decode(OCSFSchema.self, from: Data(bytes))
  }

  /// Everything in which an event is not as its class demands.
  func problems(_ event: [String: Any]) -> [String] {
    guard let uid = event["class_uid"] as? Int, let shape = classes["\(uid)"] else {
      return ["class_uid: no class"]
    }
    return problems(event, shape, "")
  }

  private func problems(_ object: [String: Any], _ shape: Shape, _ place: String) -> [String] {
    var problems: [String] = []
    for (name, attribute) in shape.attributes where attribute.required ?? false {
      if object[name] == nil { problems.append("\(place)\(name): missing") }
    }
    if let names = shape.atLeastOne, !names.contains(where: { object[$0] != nil }) {
      problems.append("\(place): none of \(names.joined(separator: ", "))")
    }
    for (name, value) in object {
      guard let attribute = shape.attributes[name] else {
        problems.append("\(place)\(name): unknown")
        continue
      }
      if attribute.deprecated != nil { problems.append("\(place)\(name): deprecated") }
      if attribute.array ?? false {
        guard let items = value as? [Any] else {
          problems.append("\(place)\(name): no array")
          continue
        }
        problems += items.flatMap { self.problems($0, attribute, "\(place)\(name)") }
      } else {
        problems += self.problems(value, attribute, "\(place)\(name)")
      }
    }
    return problems.sorted()
  }

  private func problems(_ value: Any, _ attribute: Attribute, _ place: String) -> [String] {
    if let name = attribute.object {
      guard let shape = objects[name], let object = value as? [String: Any] else {
        return ["\(place): no \(name)"]
      }
      return problems(object, shape, place + ".")
    }
    let fits =
      switch attribute.type {
      case "integer_t", "long_t", "timestamp_t": value is Int && !isBool(value)
      case "boolean_t": isBool(value)
      case "json_t": true
      case "ip_t": (value as? String).map { $0.contains(".") || $0.contains(":") } ?? false
      default: value is String
      }
    if !fits { return ["\(place): no \(attribute.type ?? "")"] }
    if let known = attribute.enum, let number = value as? Int, !known.contains(number) {
      return ["\(place): \(number) is not of the enum"]
    }
    return []
  }

  private func isBool(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? (value is Bool)
  }
}
