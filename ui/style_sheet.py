"""The rules of the one style sheet. Values come from the theme: `@token`, and `4u` for 4 px.

A widget says how it looks through its `look` property, never through colours of its own.
"""

SHEET = """
* { font-family: @family; font-size: @size_body; }
QWidget { color: @text; }
QMainWindow, QDialog, QWidget[look="page"] { background: @page; }
QWidget[look="surface"] { background: @surface; }
QWidget[look="bar"] { background: @surface; border: 0; border-bottom: 1px solid @line; }
QWidget[look="rail"] { background: @surface; border: 0; border-right: 1px solid @line; }
QWidget[look="pane"] { background: @surface; border: 0; border-right: 1px solid @line; }
QFrame[look="card"] { background: @surface; border: 1px solid @line; border-radius: 8u; }
QFrame[look="rule"] { background: @line; border: 0; max-height: 1px; min-height: 1px; }
QFrame[look="popup"] { background: @surface; border: 1px solid @control; border-radius: 8u; }
QScrollArea, QScrollArea > QWidget > QWidget[look="plain"] { background: transparent; border: 0; }

QLabel { background: transparent; }
QLabel[look="muted"] { color: @muted; }
QLabel[look="small"] { color: @muted; font-size: @size_small; }
QLabel[look="brand"] { color: @brand; font-size: @size_heading; font-weight: 700; }
QLabel[look="title"] { font-size: @size_title; font-weight: 700; }
QLabel[look="heading"] { font-size: @size_heading; font-weight: 700; }
QLabel[look="strong"] { font-weight: 600; }
QLabel[look="number"] { font-size: @size_number; font-weight: 700; }
QLabel[look="problem"] { color: @bad; font-weight: 600; }
QLabel[look="key"] { color: @muted; font-size: @size_small; border: 1px solid @line;
    border-radius: 4u; padding: 0 4u; background: @page; }

QPushButton { background: @surface; color: @text; border: 1px solid @control; border-radius: 6u;
    padding: 6u 14u; min-height: 22u; font-weight: 600; }
QPushButton:hover { background: @selected; }
QPushButton:pressed { background: @track; }
QPushButton:disabled { color: @muted; border-color: @line; }
QPushButton[look="primary"] { background: @action; color: @on_action; border-color: @action;
    font-weight: 700; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed {
    background: @action_hover; border-color: @action_hover; }
QPushButton[look="primary"]:disabled { background: @track; color: @muted; border-color: @control; }
QPushButton[look="secondary"] { color: @action; border-color: @action; }
QPushButton[look="danger"] { color: @bad; border-color: @bad; }
QPushButton[look="secondary"]:disabled, QPushButton[look="danger"]:disabled { color: @muted;
    border-color: @line; }
QPushButton[look="quiet"] { background: transparent; border-color: transparent; color: @text;
    font-weight: 400; }
QPushButton[look="quiet"]:hover { background: @track; }
QPushButton[look="link"] { background: transparent; border-color: transparent; color: @action;
    text-align: left; padding: 2u 4u; font-weight: 600; text-decoration: underline; }
QPushButton[look="icon"] { background: transparent; border-color: transparent; padding: 5u;
    min-width: 22u; }
QPushButton[look="icon"]:hover { background: @track; }
QPushButton[look="quiet"]:checked { background: @selected; border-color: @action; }
QPushButton[look="section"] { background: transparent; border-color: transparent; color: @text;
    font-weight: 600; padding: 6u 8u; text-align: left; }
QPushButton[look="section"]:hover { background: @track; }
QPushButton::menu-indicator { image: none; width: 0; }
QToolTip { background: @text; color: @surface; border: 0; padding: 4u 8u; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox { background: @surface; color: @text;
    border: 1px solid @control; border-radius: 6u; padding: 5u 8u;
    selection-background-color: @action; selection-color: @on_action;
    placeholder-text-color: @muted; }
QLineEdit, QComboBox { min-height: 24u; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { background: @page;
    color: @muted; }
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QComboBox[problem="true"] {
    border: 2px solid @bad; padding: 4u 7u; }
QComboBox { padding-right: 30u; }
QComboBox::drop-down { border: 0; width: 28u; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @control; outline: 0;
    selection-background-color: @selected; selection-color: @on_selected; padding: 2u; }
QComboBox QAbstractItemView::item { min-height: 28u; padding: 2u 6u; }
QComboBox QLineEdit { border: 0; padding: 0; min-height: 20u; }

QCheckBox, QRadioButton { spacing: 10u; padding: 3u 0; }

QTableView, QListView, QTreeView { background: @surface; color: @text; border: 0; outline: 0;
    gridline-color: transparent; selection-background-color: @selected;
    selection-color: @on_selected; }
QTableView { selection-background-color: transparent; }
QTreeView::item { min-height: 34u; padding: 0 8u; }
QHeaderView { background: @page; border: 0; }
QHeaderView::section { background: @page; color: @text; border: 0; border-bottom: 1px solid @line;
    padding: 8u 10u; font-size: @size_small; font-weight: 600; }
QTableCornerButton::section { background: @page; border: 0; }

QTabBar { background: transparent; border: 0; }
QTabBar::tab { background: transparent; color: @muted; border: 0;
    border-bottom: 3u solid transparent; padding: 6u 2u 7u 2u; margin-right: 20u; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom-color: @action; font-weight: 700; }
QTabBar QToolButton { background: @surface; border: 1px solid @line; }

QMenu { background: @surface; border: 1px solid @control; padding: 4u; }
QMenu::item { padding: 7u 28u 7u 12u; border-radius: 4u; }
QMenu::item:selected { background: @selected; color: @on_selected; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @line; margin: 4u 8u; }

QProgressBar { background: @track; border: 0; border-radius: 4u; min-height: 8u; max-height: 8u; }
QProgressBar::chunk { background: @bar; border-radius: 4u; }

QSplitter::handle { background: @line; }
QScrollBar:vertical { background: transparent; width: 12u; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12u; margin: 0; }
QScrollBar::handle { background: @control; border-radius: 4u; margin: 2u; }
QScrollBar::handle:vertical { min-height: 32u; }
QScrollBar::handle:horizontal { min-width: 32u; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
