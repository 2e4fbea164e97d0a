# encoding: utf-8
# Makes a third of the requests of busy.rb odd, in the ways of an administrator and of the database.

require "json"

odd = JSON.parse(<<'ODD')
@ODD@
ODD

ActiveRecord::Base.transaction do
  User.current = User.find_by_login("admin")
  of = ->(key) { odd[key].map { |subject| Issue.find_by!(subject: subject) } }
  touch = ->(issue) { issue.update_columns(updated_on: Time.zone.parse(odd["at"])) }

  text, list = IssueCustomField.find_by!(name: odd["text"]), IssueCustomField.find_by!(name: odd["list"])
  of["blank"].each { |issue| CustomValue.where(customized: issue, custom_field: text).delete_all }
  text.update!(is_required: true)
  of["orphaned"].each { |issue| CustomValue.where(customized: issue, custom_field: list).update_all(value: "Факс") }

  of["copied"].each do |issue|
    copy = Issue.new.copy_from(issue, subtasks: false, link: true)
    copy.subject = "#{issue.subject} (көшірме)"
    copy.save!(validate: false)
    copy.update_columns(created_on: Time.zone.parse(odd["at"]), updated_on: Time.zone.parse(odd["at"]))
  end

  of["duplicates"].each_slice(2) do |first, second|
    duplicate = IssueRelation.new(issue_from: second, issue_to: first, relation_type: IssueRelation::TYPE_DUPLICATES)
    duplicate.save!(validate: false) # they may be in two projects
  end

  of["parents"].each do |issue|
    child = Issue.new.copy_from(issue, subtasks: false, link: false)
    child.subject, child.parent_issue_id, child.status = "#{issue.subject} (ішкі)", issue.id, IssueStatus.find_by!(is_closed: false)
    child.save!(validate: false)
  end

  deleted = IssueStatus.create!(name: "Уақытша", is_closed: false)
  of["deleted_status"].each do |issue|
    Journal.create!(journalized: issue, user: issue.author, notes: "").tap do |journal|
      journal.update_columns(created_on: issue.created_on + 60)
      JournalDetail.create!(journal: journal, property: "attr", prop_key: "status_id",
                            old_value: issue.status_id.to_s, value: deleted.id.to_s)
    end
    touch.call(issue)
  end
  deleted.delete

  User.find_by_login(odd["head"]).lock!
  Project.find(odd["archived"]).archive
  IssueStatus.find_by!(name: odd["renamed"]).update!(name: "Қабылданбады")
end
